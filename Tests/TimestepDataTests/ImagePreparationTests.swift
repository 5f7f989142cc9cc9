import Testing
import TimestepData

/// Normalisation, padding, crops and flips, to the last bit.
@Suite struct ImagePreparationTests {
  /// One image of 2 rows, 3 columns and the given number of channels; pixel bytes 10, 20, 30, ...
  private func image(channels: Int) throws -> ImageDataset {
    try ImageDataset(
      name: "small", split: .train, height: 2, width: 3, channels: channels, classNames: ["one"],
      labels: [0], pixels: (1...(6 * channels)).map { UInt8(10 * $0) })
  }

  /// The bytes that the writer puts out, without normalisation.
  private func write(
    _ dataset: ImageDataset, padding: Int, top: Int, left: Int, mirrored: Bool
  ) -> [Int] {
    let writer = ImageWriter(
      dataset: dataset,
      preparation: Preparation(augmentation: Augmentation(padding: padding, flip: true)))
    let buffer = HostBuffer<Float>(count: dataset.elementCount)
    for place in 0..<buffer.count { buffer.elements[place] = -1 }
    writer.write(
      0, to: buffer.elements, Augmentation.Draw(top: top, left: left, mirrored: mirrored))
    return buffer.array().map { Int(($0 * 255).rounded()) }
  }

  @Test func cropsAndFlipsAreExact() throws {
    let grey = try image(channels: 1)
    let cases: [(padding: Int, top: Int, left: Int, mirrored: Bool, expected: [Int])] = [
      (0, 0, 0, false, [10, 20, 30, 40, 50, 60]),
      (0, 0, 0, true, [30, 20, 10, 60, 50, 40]),
      (1, 1, 1, false, [10, 20, 30, 40, 50, 60]),
      (1, 0, 0, false, [0, 0, 0, 0, 10, 20]),
      (1, 2, 2, false, [50, 60, 0, 0, 0, 0]),
      (1, 2, 2, true, [0, 60, 50, 0, 0, 0]),
      (1, 1, 0, true, [20, 10, 0, 50, 40, 0]),
      (1, 1, 2, false, [20, 30, 0, 50, 60, 0]),
    ]
    for (padding, top, left, mirrored, expected) in cases {
      #expect(
        write(grey, padding: padding, top: top, left: left, mirrored: mirrored) == expected,
        "padding \(padding), top \(top), left \(left), mirrored \(mirrored)")
    }
  }

  /// Against a slow writer that pads, crops and mirrors step by step.
  @Test func everyDrawAgreesWithTheDefinition() throws {
    for channels in [1, 2, 3] {
      let dataset = try image(channels: channels)
      for top in 0...2 {
        for left in 0...2 {
          for mirrored in [false, true] {
            var expected: [Int] = []
            for y in 0..<2 {
              for x in 0..<3 {
                let row = y + top - 1
                let column = (mirrored ? 2 - x : x) + left - 1
                for channel in 0..<channels {
                  let inside = (0..<2).contains(row) && (0..<3).contains(column)
                  let place = (row * 3 + column) * channels + channel
                  expected.append(inside ? Int(dataset.pixels[place]) : 0)
                }
              }
            }
            let written = write(dataset, padding: 1, top: top, left: left, mirrored: mirrored)
            #expect(written == expected, "\(channels) channels, \(top), \(left), \(mirrored)")
          }
        }
      }
    }
  }

  @Test func everyDrawComesUpEquallyOften() {
    var counts: [[Int]: Int] = [:]
    for index in 0..<36_000 {
      var random = RandomStream(seed: 0, purpose: .augmentation, index: index)
      let draw = Augmentation(padding: 1, flip: true).draw(using: &random)
      counts[[draw.top, draw.left, draw.mirrored ? 1 : 0], default: 0] += 1
    }
    #expect(counts.count == 18)
    #expect(counts.values.allSatisfy { abs($0 - 2000) < 250 })
    #expect(counts.keys.allSatisfy { (0...2).contains($0[0]) && (0...2).contains($0[1]) })
  }

  @Test func bytesAreNormalisedByChannelAndPaddingToo() throws {
    let normalization = try Normalization(
      mean: [0.5, 0.25, 0.1], standardDeviation: [0.5, 2, 0.125])
    let writer = ImageWriter(
      dataset: try image(channels: 3),
      preparation: Preparation(
        normalization: normalization, augmentation: Augmentation(padding: 1, flip: false)))
    let buffer = HostBuffer<Float>(count: 18)
    writer.write(0, to: buffer.elements, Augmentation.Draw(top: 0, left: 1, mirrored: false))
    let written = buffer.array()
    let padded: [Float] = [(0 - 0.5) / 0.5, (0 - 0.25) / 2, (0 - 0.1) / 0.125]
    #expect(Array(written[..<9]) == padded + padded + padded)
    #expect(written[9] == (Float(10) / 255 - 0.5) / 0.5)
    #expect(written[10] == (Float(20) / 255 - 0.25) / 2)
    #expect(written[11] == (Float(30) / 255 - 0.1) / 0.125)
  }

  @Test func preparationsThatDoNotFitAreRefused() throws {
    let grey = try image(channels: 1)
    for preparation in [
      Preparation(normalization: .cifar10),
      Preparation(augmentation: Augmentation(padding: 2, flip: false)),
      Preparation(augmentation: Augmentation(padding: -1, flip: false)),
    ] {
      #expect(dataError { try grey.makeWriter(for: preparation) }?.kind == .badConfiguration)
    }
    let points = try TwoMoons().makeDataset(split: .train)
    let error = dataError { try points.makeWriter(for: Preparation(augmentation: .cifar)) }
    #expect(error?.kind == .badConfiguration)
    for (mean, deviation) in [([0], [0]), ([0], [1, 1]), ([.nan], [1]), ([], [])]
      as [([Float], [Float])]
    {
      let error = dataError { try Normalization(mean: mean, standardDeviation: deviation) }
      #expect(error?.kind == .badConfiguration)
    }
  }

  @Test func setsThatContradictThemselvesAreRefused() {
    for (height, label, count) in [(2, 1, 6), (2, -1, 6), (3, 0, 6), (0, 0, 0), (.max, 0, 6)] {
      let error = dataError {
        try ImageDataset(
          name: "small", split: .train, height: height, width: 3, channels: 1,
          classNames: ["one"], labels: [Int32(label)], pixels: [UInt8](repeating: 0, count: count))
      }
      #expect(error?.kind == .badData)
    }
  }
}
