/// How the layers of a field are normalised.
public enum Normalization: String, Sendable, CaseIterable, Codable {
  /// Per channel over the batch, ``BatchNorm``.
  case batch
  /// Per channel and example over the pixels, ``InstanceNorm``.
  case instance
  /// Per pixel and example over the channels, ``TotalVariationNorm``.
  case totalVariation = "tv"
  /// Not at all.
  case none

  /// The layer for a number of channels; nil for none.
  ///
  /// - Parameters:
  ///   - applications: how many times a time step applies the layer: each has running statistics of its own.
  ///   - areSeparate: whether each application has scale and shift of its own, too.
  public func makeLayer(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, applications: Int = 1,
    areSeparate: Bool = false
  ) throws -> (any Layer)? {
    guard applications > 1, areSeparate else {
      return try makeOne(path, in: store, channels: channels, applications: applications)
    }
    let layers = try (0..<applications).compactMap {
      try makeOne(path / $0, in: store, channels: channels, applications: 1)
    }
    return layers.isEmpty ? nil : LayerPerApplication(layers)
  }

  private func makeOne(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, applications: Int
  ) throws -> (any Layer)? {
    switch self {
    case .batch:
      try BatchNorm(path, in: store, channels: channels, applications: applications)
    case .instance: try InstanceNorm(path, in: store, channels: channels)
    case .totalVariation: try TotalVariationNorm(path, in: store, channels: channels)
    case .none: nil
    }
  }
}
