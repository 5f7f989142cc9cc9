import TimeStepping

/// Normal noise on normalised pixels: `x <- x + s xi`, `xi ~ N(0, 1)`.
///
/// It is added before crop and flip: it moves with the image, is mirrored with it where the padding mirrors it, and
/// padding of zeros stays clean. Images that are resized get it after their crop. By default each
/// image has one noise field for the whole training, the same at every level but for its factor; fresh noise is drawn
/// anew at each visit. Source: Robust ResNet (Zhang et al., 2019), section 5.2; the fixed field is this project's
/// reading of it, since the published code has none for images.
public struct PixelNoise: Corruption {
  public let name = "pixel-noise"
  public let title = "normal noise on the normalised pixels of images"
  public let equation = "x + level N(0, 1)"
  public let source = "Robust ResNet, noise on images"
  public let arguments = [
    ArgumentDescription("level", standard: "0.1", "standard deviation, where pixels have 1"),
    ArgumentDescription("fresh", standard: "no", "yes: drawn anew at each visit"),
  ]
  /// The standard deviation.
  public let level: Double
  /// Whether noise is drawn anew at each visit.
  public let isFresh: Bool

  /// Noise of a standard deviation.
  public init(level: Double = 0.1, isFresh: Bool = false) {
    self.level = level
    self.isFresh = isFresh
  }

  public var values: [String: String] { ["level": "\(level)", "fresh": isFresh ? "yes" : "no"] }

  public func configured(_ choice: NamedChoice) throws -> any Corruption {
    PixelNoise(
      level: try choice.number("level", in: 0...1e6) ?? level,
      isFresh: try choice.flag("fresh") ?? isFresh)
  }

  public func refusal(of dataset: DatasetDescriptor) -> String? { refusal(dataset.elementKind) }

  private func refusal(_ kind: ElementKind) -> String? {
    kind == .images ? nil : "it has no images"
  }

  public func corrupted(_ dataset: any Dataset, seed: UInt64) throws -> any Dataset {
    if let reason = refusal(dataset.elementKind) { throw doesNotFit(dataset.name, reason) }
    return level == 0 ? dataset : noisy(dataset, seed: seed)
  }

  private func noisy<Original: Dataset>(_ dataset: Original, seed: UInt64) -> any Dataset {
    NoisyImages(original: dataset, noise: self, seed: seed)
  }
}

/// Images with noise.
private struct NoisyImages<Original: Dataset>: CorruptedDataset {
  let original: Original
  let noise: PixelNoise
  let seed: UInt64

  var task: LearningTask { original.task }
  var count: Int { original.count }

  func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    NoisyImageWriter(
      writer: try original.makeWriter(for: preparation), noise: noise, seed: seed,
      augmentation: preparation.augmentation, channels: elementShape[0], height: elementShape[1],
      width: elementShape[2])
  }
}

extension NoisyImages: ClassificationDataset where Original: ClassificationDataset {
  var classNames: [String] { original.classNames }
  var labels: [Int32] { original.labels }
}

/// Adds noise to what another writer wrote, where the crop shows the image.
private struct NoisyImageWriter: ElementWriter {
  let writer: any ElementWriter
  let noise: PixelNoise
  let seed: UInt64
  let augmentation: Augmentation
  let channels: Int
  let height: Int
  let width: Int
  var isSlow: Bool { writer.isSlow }

  func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    // The other writer draws the same from the same numbers.
    var copy = random
    // An image of another size has no pixels of its own any more: noise falls on the finished example.
    let draw =
      augmentation.crop == nil
      ? augmentation.draw(using: &copy)
      : Augmentation.Draw(top: augmentation.padding, left: augmentation.padding, mirrored: false)
    try writer.write(index, to: output, target: target, using: &random)
    var fixed = RandomStream(seed: seed, purpose: .pixelNoise, index: index)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: output.count) { field in
      if noise.isFresh { random.fillNormal(field) } else { fixed.fillNormal(field) }
      add(field, draw, to: output)
    }
  }

  /// Adds the field of an image to a crop of it.
  private func add(
    _ field: UnsafeMutableBufferPointer<Float>, _ draw: Augmentation.Draw,
    to output: UnsafeMutableBufferPointer<Float>
  ) {
    let level = Float(noise.level)
    for y in 0..<height {
      guard let row = place(y + draw.top - augmentation.padding, height) else { continue }
      for x in 0..<width {
        let crop = draw.mirrored ? width - 1 - x : x
        guard let column = place(crop + draw.left - augmentation.padding, width) else { continue }
        let (target, origin) = ((y * width + x) * channels, (row * width + column) * channels)
        for channel in 0..<channels { output[target + channel] += level * field[origin + channel] }
      }
    }
  }

  /// Where in the image a row or column of the padded one comes from; nil for zeros, which stay clean.
  private func place(_ position: Int, _ count: Int) -> Int? {
    if (0..<count).contains(position) { return position }
    return augmentation.paddingMode == .reflect ? reflected(position, count) : nil
  }
}
