import TimeStepping

/// Wrong labels, the same for every class: with probability `rate` a label becomes one of the others.
///
/// The others are equally probable, so that `rate` is the expected share of wrong labels. It is done once, for the
/// whole training. Source: symmetric label noise as in B. van Rooyen, A. Menon, R. Williamson (2015).
public struct LabelNoise: Corruption {
  public let name = "label-noise"
  public let title = "symmetric label noise"
  public let equation = "P(label = j) = rate / (K - 1) for each wrong class j of K"
  public let source = "van Rooyen et al. (2015)"
  public let arguments = [
    ArgumentDescription("rate", standard: "0.2", "share of wrong labels, from 0 to 1")
  ]
  /// The expected share of wrong labels.
  public let rate: Double

  /// Noise of a rate from 0 to 1.
  public init(rate: Double = 0.2) { self.rate = rate }

  public var values: [String: String] { ["rate": "\(rate)"] }

  public func configured(_ choice: NamedChoice) throws -> any Corruption {
    LabelNoise(rate: try choice.number("rate", in: 0...1) ?? rate)
  }

  public func refusal(of dataset: DatasetDescriptor) -> String? {
    dataset.task.kind == .classification ? nil : "its examples have no class"
  }

  public func corrupted(_ dataset: any Dataset, seed: UInt64) throws -> any Dataset {
    guard let labelled = dataset as? any ClassificationDataset else {
      throw doesNotFit(dataset.name, "its examples have no class")
    }
    let classes = labelled.classNames.count
    guard classes > 1 else { throw doesNotFit(dataset.name, "it has one class only") }
    guard rate > 0 else { return labelled }
    let labels = labelled.labels.enumerated().map { index, label in
      var random = RandomStream(seed: seed, purpose: .labelNoise, index: index)
      guard random.uniform() < rate else { return label }
      let other = Int32(random.integer(below: classes - 1))
      return other < label ? other : other + 1
    }
    return labelled.relabelled(labels)
  }
}
