/// The images of ``SyntheticShapes``, each made when it is asked for.
public struct ShapeDataset: Dataset {
  /// What they are made from.
  public let problem: SyntheticShapes
  /// Which part this is.
  public let split: DatasetSplit

  public var name: String { problem.name }
  public var elementShape: [Int] { problem.elementShape }
  public var task: LearningTask { problem.task }
  public var count: Int { split == .train ? problem.counts.train : problem.counts.test }

  /// The shapes of an image.
  public func scene(_ index: Int) -> ShapeScene {
    var random = stream(index)
    return ShapeScene(size: problem.size, using: &random)
  }

  /// An image and the class of each of its pixels, row by row.
  public func example(_ index: Int) -> (image: [Float], mask: [UInt8]) {
    var random = stream(index)
    var (mask, image) = ShapeScene(size: problem.size, using: &random).paint()
    if problem.noise > 0 {
      for place in image.indices { image[place] += Float(problem.noise * random.normal()) }
    }
    return (image, mask)
  }

  private func stream(_ index: Int) -> RandomStream {
    RandomStream(
      seed: problem.seed, purpose: .shapes, epoch: split == .train ? 0 : 1, index: index)
  }

  /// A writer of images and their classes; crops and mirrors change both alike, and zero padding is background.
  public func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    try preparation.normalization?.check(channels: 1, of: name)
    try preparation.augmentation.check(height: problem.size, width: problem.size)
    return ShapeWriter(dataset: self, preparation: preparation)
  }
}

/// Writes an image and its mask, cropped and mirrored by the same chance.
private struct ShapeWriter: ElementWriter {
  let dataset: ShapeDataset
  let preparation: Preparation

  func write(
    _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    let size = dataset.problem.size
    let (image, mask) = dataset.example(index)
    let draw = preparation.augmentation.draw(using: &random)
    let down = draw.top - preparation.augmentation.padding
    let right = draw.left - preparation.augmentation.padding
    let mean = preparation.normalization?.mean[0] ?? 0
    let deviation = preparation.normalization?.standardDeviation[0] ?? 1
    for y in 0..<size {
      for x in 0..<size {
        // Mirroring sends column x of the crop to column size - 1 - x.
        let row = place(y + down)
        let column = place((draw.mirrored ? size - 1 - x : x) + right)
        let isInside = (0..<size).contains(row) && (0..<size).contains(column)
        let source = row * size + column
        input[y * size + x] = ((isInside ? image[source] : 0) - mean) / deviation
        target[y * size + x] = isInside ? Float(mask[source]) : 0
      }
    }
  }

  /// The row or column that stands in the padding at `index`; beyond the image where that is background.
  private func place(_ index: Int) -> Int {
    guard preparation.augmentation.paddingMode == .reflect else { return index }
    let last = dataset.problem.size - 1
    return index < 0 ? -index : index > last ? 2 * last - index : index
  }
}
