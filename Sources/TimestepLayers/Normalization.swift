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
  /// - Parameter applications: how many times a time step applies the layer. Each application has scale, shift and
  ///   statistics of its own where there is more than one.
  public func makeLayer(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, applications: Int = 1
  ) throws -> (any Layer)? {
    guard applications > 1 else { return try makeOne(path, in: store, channels: channels) }
    let layers = try (0..<applications).compactMap {
      try makeOne(path / $0, in: store, channels: channels)
    }
    return layers.isEmpty ? nil : LayerPerApplication(layers)
  }

  private func makeOne(_ path: ParameterPath, in store: ParameterStore, channels: Int) throws -> (
    any Layer
  )? {
    switch self {
    case .batch: try BatchNorm(path, in: store, channels: channels)
    case .instance: try InstanceNorm(path, in: store, channels: channels)
    case .totalVariation: try TotalVariationNorm(path, in: store, channels: channels)
    case .none: nil
    }
  }
}
