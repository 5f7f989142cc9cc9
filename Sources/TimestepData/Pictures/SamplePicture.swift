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
  /// What the data set is called.
  private let title: String

  /// Pictures of a data set, which titles call `title`.
  public init(
    of dataset: any Dataset, title: String? = nil, preparation: Preparation, seed: UInt64 = 0
  ) {
    self.dataset = dataset
    self.title = "\(title ?? dataset.name), \(dataset.split.rawValue) part"
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

  /// The first images of each class, a row for each.
  ///
  /// Throws `DataError`, also where the data set has no images.
  public func classes(perClass count: Int) throws -> ContactSheet {
    let writer = try dataset.makeWriter(for: preparation)
    let names = dataset.task.classNames
    return ContactSheet(
      title: title,
      rows: try examples(perClass: count).enumerated().map { number, examples in
        ContactSheet.Row(
          title: names.indices.contains(number) ? names[number] : "",
          tiles: try examples.map { image(try example($0, writer).input) })
      })
  }

  /// The first images of each class, a row for each image and a column for each level of noise.
  ///
  /// Throws `DataError`, also where the data set has no images.
  public func levels(_ levels: [Double], perClass count: Int) throws -> ContactSheet {
    let names = dataset.task.classNames
    let examples = examples(perClass: count).enumerated().flatMap { number, examples in
      examples.map { ($0, names.indices.contains(number) ? names[number] : "") }
    }
    let writers = try levels.map { try noisy($0).makeWriter(for: preparation) }
    return ContactSheet(
      title: "\(title) with noise on its pixels", columns: levels.map(Self.heading),
      rows: try examples.map { index, name in
        ContactSheet.Row(
          title: name, tiles: try writers.map { image(try example(index, $0).input) })
      })
  }

  /// Images at levels of noise, and beside them what is at each pixel, a colour for each class.
  public func segmentation(_ examples: [Int], levels: [Double]) throws -> ContactSheet {
    let writers = try levels.map { try noisy($0).makeWriter(for: preparation) }
    let clean = try dataset.makeWriter(for: preparation)
    return ContactSheet(
      title: title, columns: levels.map { $0 == 0 ? "image" : Self.heading($0) } + ["classes"],
      rows: try examples.map { index in
        ContactSheet.Row(
          title: "\(index)",
          tiles: try writers.map { image(try example(index, $0).input) }
            + [mask(try example(index, clean).target)])
      }, legend: Legend.classes(dataset.task.classNames))
  }

  /// Points in the plane of their first two coordinates, each in the colour of its class or of its first number.
  public func plot(_ examples: [Int]) throws -> PointPlot {
    let writer = try dataset.makeWriter(for: preparation)
    let isFlat = dataset.elementCount < 2
    let isClassified = dataset.task.kind == .classification
    let found = try examples.map { try example($0, writer) }
    let values = found.map { $0.target.first ?? 0 }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let points = zip(found, values).map { found, value in
      PointPlot.Point(
        x: Double(found.input.first ?? 0), y: Double(isFlat ? value : found.input[1]),
        color: isClassified
          ? .ofClass(Int(value)) : .diverging(high > low ? (value - low) / (high - low) : 0.5))
    }
    let output = dataset.task.names.first ?? ""
    let range = Double(low)...Double(max(low, high))
    func meaning(_ value: Float) -> String {
      "\(output) = \(PointPlot.text(Double(value), of: range))"
    }
    return PointPlot(
      title: title, points: points,
      legend: isClassified
        ? Legend.classes(dataset.task.classNames)
        : [
          Legend(color: .diverging(1), meaning: meaning(high)),
          Legend(color: .diverging(0), meaning: meaning(low)),
        ])
  }
}

extension SamplePicture {
  private static func heading(_ level: Double) -> String { "noise \(level)" }

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
    tile(width: dataset.elementShape[2], height: dataset.elementShape[1]) {
      .ofClass(Int(classes[$0]))
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
}
