import Testing
import TimestepData

/// Normalisation measured on a data set, and reflected padding.
@Suite struct MeasuredNormalizationTests {
  private func images(_ pixels: [UInt8], channels: Int = 3) throws -> ImageDataset {
    try ImageDataset(
      name: "small", split: .train, height: 1, width: 1, channels: channels, classNames: ["one"],
      labels: [Int32](repeating: 0, count: pixels.count / channels), pixels: pixels)
  }

  @Test func channelsAreMeasuredOnTheirOwn() throws {
    let measured = try Normalization.measured(on: images([0, 10, 20, 255, 30, 20, 0, 10, 26]))
    let expected: [(Float, Float)] = [(85, 120.2082), (16.6667, 9.4281), (22, 2.8284)]
    for (channel, (mean, deviation)) in expected.enumerated() {
      #expect(abs(255 * measured.mean[channel] - mean) < 1e-3)
      #expect(abs(255 * measured.standardDeviation[channel] - deviation) < 1e-3)
    }
  }

  /// More than one piece, each added on its own: the same to the bit on any number of threads.
  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let dataset = try images((0..<3000).map { UInt8($0 * $0 % 251) }, channels: 1)
    let measured = try (1...3).map { try Normalization.measured(on: dataset, workers: $0) }
    #expect(Set(measured.map(\.mean)).count == 1)
    #expect(Set(measured.map(\.standardDeviation)).count == 1)
  }

  @Test func whatHasNoDeviationIsRefused() throws {
    let constant = dataError { try Normalization.measured(on: images([7, 7, 7, 7], channels: 1)) }
    #expect(constant?.kind == .badConfiguration)
    let points = try TwoMoons().makeDataset(split: .train)
    #expect(dataError { try Normalization.measured(on: points) }?.kind == .badConfiguration)
  }

  /// Against an array that is padded first (NumPy's `pad`, mode "reflect") and then cropped and mirrored.
  @Test func reflectedPaddingAgreesWithItsDefinition() throws {
    let (height, width, padding) = (3, 4, 2)
    let dataset = try ImageDataset(
      name: "small", split: .train, height: height, width: width, channels: 1,
      classNames: ["one"], labels: [0], pixels: (1...12).map { UInt8($0) })
    let writer = ImageWriter(
      dataset: dataset,
      preparation: Preparation(
        augmentation: Augmentation(padding: padding, paddingMode: .reflect, flip: true)))
    func reflect(_ place: Int, _ count: Int) -> Int {
      let period = 2 * (count - 1)
      let place = (place % period + period) % period
      return place < count ? place : period - place
    }
    for (top, left) in [(0, 0), (4, 4), (2, 2), (1, 3), (3, 0)] {
      for mirrored in [false, true] {
        let buffer = HostBuffer<Float>(count: 12)
        writer.write(
          0, to: buffer.elements, Augmentation.Draw(top: top, left: left, mirrored: mirrored))
        let expected = (0..<12).map { place in
          let row = reflect(place / width + top - padding, height)
          let x = mirrored ? width - 1 - place % width : place % width
          return Int(dataset.pixels[row * width + reflect(x + left - padding, width)])
        }
        #expect(buffer.array().map { Int((255 * $0).rounded()) } == expected)
      }
    }
  }
}
