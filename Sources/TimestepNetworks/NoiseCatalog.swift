/// What a step does at random in training, by name.
///
/// Only networks without noise are made so far; the catalog is here so that lists and configurations have its place.
public enum NoiseCatalog {
  /// A kind of noise.
  public struct Noise: CatalogEntry {
    public let name: String
    public let title: String
    public let equation: String
    public let source: String
  }

  /// The kinds in the order of the documentation.
  public static let all: [any CatalogEntry] = [
    Noise(
      name: "none", title: "deterministic steps", equation: "u+ = u + h f(u)",
      source: "all sources")
  ]
}
