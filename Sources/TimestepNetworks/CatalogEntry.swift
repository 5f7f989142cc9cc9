/// What every member of a catalog says about itself in a list.
public protocol CatalogEntry: Sendable {
  /// The key on the command line and in configurations.
  var name: String { get }
  /// One line for a reader who does not know it.
  var title: String { get }
  /// Its equation in the notation of the sources.
  var equation: String { get }
  /// Paper and section, or textbook.
  var source: String { get }
}
