/// What happens to an example between memory and the network.
public struct Preparation: Sendable, Equatable {
  /// Shift and scale of each channel; nil leaves pixels in [0, 1] and points as they are.
  public var normalization: Normalization?
  /// Random changes, drawn anew for each visit; before the normalisation.
  public var augmentation: Augmentation

  /// Makes a preparation; by default nothing happens.
  public init(normalization: Normalization? = nil, augmentation: Augmentation = .none) {
    self.normalization = normalization
    self.augmentation = augmentation
  }
}
