import TimestepTorch

/// One class for each pixel: the mean cross-entropy in nats of `[N, classes, H, W]` logits over all pixels.
///
/// ```
/// accuracy = correct pixels / pixels
/// mean IoU = mean over classes c of |predicted c and truly c| / |predicted c or truly c|
/// ```
/// Classes that are neither predicted nor there are left out of the mean. Source: the lecture's task "segmentation";
/// intersection over union as in Everingham et al. (2010), over all pixels of the set.
public struct SegmentationObjective: Objective {
  /// The number of classes.
  public let classes: Int

  /// Creates the objective.
  public init(classes: Int) { self.classes = classes }

  public var metrics: [Metric] { [.accuracy, .meanIntersectionOverUnion] }

  public func loss(_ outputs: Tensor, _ targets: Tensor) throws -> Tensor {
    try outputs.crossEntropy(targets)
  }

  /// Pixels, correct ones, and for each class the sizes of the intersection and of the union.
  public func sums(_ outputs: Tensor, _ targets: Tensor, forAll: Bool) throws -> [Double] {
    let predicted = try outputs.argmax(1)
    let hits = try predicted.equal(targets).cast(to: .float64)
    var sums = [Double(targets.shape.reduce(1, *)), try hits.sum().scalar()]
    guard forAll else { return sums }
    for label in 0..<classes {
      let number = try Tensor([Int64(label)]).moved(to: targets.device)
      let truly = try targets.equal(number).cast(to: .float64)
      let here = try predicted.equal(number).cast(to: .float64)
      let both = try (truly * here).sum().scalar()
      sums += [both, try truly.sum().scalar() + here.sum().scalar() - both]
    }
    return sums
  }

  public func values(_ sums: [Double]) -> [Double] {
    let accuracy = sums[1] / max(sums[0], 1)
    guard sums.count > 2 else { return [accuracy] }
    let ratios = stride(from: 2, to: sums.count - 1, by: 2).compactMap { place in
      sums[place + 1] > 0 ? sums[place] / sums[place + 1] : nil
    }
    return [accuracy, ratios.isEmpty ? 0 : ratios.reduce(0, +) / Double(ratios.count)]
  }
}
