/// Pictures of examples as a network sees them.
///
/// Normalisation is undone, so that colours are those of the images; what noise moves out of their range is cut.
public struct SamplePicture: Sendable {
  /// The data set.
  public let dataset: any Dataset
  /// How examples are prepared; the normalisation is that which noise refers to.
  public let preparation: Preparation
  /// Decides on noise and augmentation.
  public let seed: UInt64

  /// Pictures of a data set.
  public init(of dataset: any Dataset, preparation: Preparation, seed: UInt64 = 0) {
    self.dataset = dataset
    self.preparation = preparation
    self.seed = seed
  }

  /// The first examples of each class, class by class; without classes the first examples.
  public func examples(perClass count: Int) -> [[Int]] {
    guard let labelled = dataset as? any ClassificationDataset else {
      return [Array(0..<min(count, dataset.count))]
    }
    var members = [[Int]](repeating: [], count: labelled.classNames.count)
    for (index, label) in labelled.labels.enumerated()
    where members.indices.contains(Int(label)) && members[Int(label)].count < count {
      members[Int(label)].append(index)
    }
    return members
  }

  /// Images in rows; each row at a level of noise.
  ///
  /// Throws `DataError`, also where the data set has no images.
  public func grid(_ rows: [(examples: [Int], level: Double)]) throws -> Picture {
    let tiles = try rows.map { row in
      let writer = try noisy(row.level).makeWriter(for: preparation)
      return try row.examples.map { image(try example($0, writer).input) }
    }
    return Self.arranged(tiles)
  }

  /// Images in a row for each level of noise, and below them what is at each pixel, a colour for each class.
  public func segmentation(_ examples: [Int], levels: [Double]) throws -> Picture {
    let writer = try dataset.makeWriter(for: preparation)
    let masks = try examples.map { mask(try example($0, writer).target) }
    var tiles = try levels.map { level in
      let writer = try noisy(level).makeWriter(for: preparation)
      return try examples.map { image(try example($0, writer).input) }
    }
    tiles.append(masks)
    return Self.arranged(tiles)
  }

  /// Points in the plane of their first two coordinates, each in the colour of its class or of its first number.
  public func plot(_ examples: [Int], size: Int = 480) throws -> Picture {
    let writer = try dataset.makeWriter(for: preparation)
    let points = try examples.map { try example($0, writer) }
    let isFlat = dataset.elementCount < 2
    let xs = points.map { Double($0.input.first ?? 0) }
    let ys = points.map { Double(isFlat ? $0.target.first ?? 0 : $0.input[1]) }
    let values = points.map { $0.target.first ?? 0 }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    var picture = Picture(width: size, height: size)
    func scaled(_ value: Double, _ all: [Double]) -> Double {
      let (low, high) = (all.min() ?? 0, all.max() ?? 1)
      return high > low ? (value - low) / (high - low) : 0.5
    }
    let inner = Double(size) - 32
    for (index, value) in values.enumerated() {
      let color =
        dataset.task.kind == .classification
        ? Picture.Color.palette[Int(value) % Picture.Color.palette.count]
        : .diverging(high > low ? (value - low) / (high - low) : 0.5)
      picture.disc(
        x: 16 + inner * scaled(xs[index], xs), y: 16 + inner * (1 - scaled(ys[index], ys)),
        radius: 3, color)
    }
    return picture
  }
}

extension SamplePicture {
  private func noisy(_ level: Double) throws -> any Dataset {
    try PixelNoise(level: level).corrupted(dataset, seed: seed)
  }

  /// An example and what is to be learned about it, as in the first epoch.
  private func example(
    _ index: Int, _ writer: any ElementWriter
  ) throws -> (input: [Float], target: [Float]) {
    let input = HostBuffer<Float>(count: dataset.elementCount)
    let target = HostBuffer<Float>(count: dataset.targetShape.reduce(1, *))
    var random = RandomStream(seed: seed, purpose: .augmentation, index: index)
    try writer.write(index, to: input.elements, target: target.elements, using: &random)
    return (input.array(), target.array())
  }

  /// How many pixels of the picture a pixel of an example gets on each side.
  private var scale: Int { max(1, 64 / max(dataset.elementShape.last ?? 64, 1)) }

  private func image(_ values: [Float]) -> Picture {
    let (channels, height, width) = (
      dataset.elementShape[0], dataset.elementShape[1], dataset.elementShape[2]
    )
    return tile(width: width, height: height) { pixel in
      let parts = (0..<3).map { part in
        let channel = min(part, channels - 1)
        var value = values[pixel * channels + channel]
        if let normalization = preparation.normalization {
          value = value * normalization.standardDeviation[channel] + normalization.mean[channel]
        }
        return UInt8(255 * min(max(value.isFinite ? value : 0, 0), 1) + 0.5)
      }
      return Picture.Color(parts[0], parts[1], parts[2])
    }
  }

  private func mask(_ classes: [Float]) -> Picture {
    let colors = Picture.Color.palette
    return tile(width: dataset.elementShape[2], height: dataset.elementShape[1]) {
      colors[Int(classes[$0]) % colors.count]
    }
  }

  private func tile(width: Int, height: Int, color: (Int) -> Picture.Color) -> Picture {
    var picture = Picture(width: scale * width, height: scale * height)
    for y in 0..<height {
      for x in 0..<width {
        picture.fill(
          x: scale * x, y: scale * y, width: scale, height: scale, color(y * width + x))
      }
    }
    return picture
  }

  /// Tiles in rows with a little paper between them.
  private static func arranged(_ rows: [[Picture]], gap: Int = 4) -> Picture {
    let first = rows.lazy.flatMap { $0 }.first
    let (width, height) = (first?.width ?? 1, first?.height ?? 1)
    let columns = rows.map(\.count).max() ?? 0
    var picture = Picture(
      width: gap + columns * (width + gap), height: gap + rows.count * (height + gap))
    for (row, tiles) in rows.enumerated() {
      for (column, tile) in tiles.enumerated() {
        for y in 0..<tile.height {
          for x in 0..<tile.width {
            picture[gap + column * (width + gap) + x, gap + row * (height + gap) + y] = tile[x, y]
          }
        }
      }
    }
    return picture
  }
}
