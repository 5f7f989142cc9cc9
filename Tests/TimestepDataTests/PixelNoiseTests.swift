import Testing
import TimeStepping
import TimestepData

/// Noise on images: where it falls, how it is distributed, what it follows from.
@Suite struct PixelNoiseTests {
  private let shape = (height: 8, width: 6, channels: 3)

  private func images(_ count: Int = 200) throws -> ImageDataset {
    let size = shape.height * shape.width * shape.channels
    return try ImageDataset(
      name: "small", split: .train, height: shape.height, width: shape.width,
      channels: shape.channels, classNames: ["a", "b"], labels: (0..<count).map { Int32($0 % 2) },
      pixels: (0..<(count * size)).map { UInt8(truncatingIfNeeded: 7 * $0) })
  }

  private func write(
    _ dataset: any Dataset, _ index: Int, epoch: Int = 0, _ augmentation: Augmentation = .none,
    seed: UInt64 = 3
  ) throws -> [Float] {
    let normalization = try Normalization(
      mean: [0.5, 0.4, 0.3], standardDeviation: [0.2, 0.25, 0.5])
    let writer = try dataset.makeWriter(
      for: Preparation(normalization: normalization, augmentation: augmentation))
    let buffer = HostBuffer<Float>(count: dataset.elementCount)
    let target = HostBuffer<Float>(count: 1)
    var random = RandomStream(seed: seed, purpose: .augmentation, epoch: epoch, index: index)
    try writer.write(index, to: buffer.elements, target: target.elements, using: &random)
    return buffer.array()
  }

  @Test func levelZeroLeavesEveryByte() throws {
    let clean = try images(4)
    let noisy = try PixelNoise(level: 0).corrupted(clean, seed: 3)
    for index in 0..<4 { #expect(try write(clean, index, .cifar) == write(noisy, index, .cifar)) }
  }

  @Test func fixedNoiseIsThatOfSeedAndImage() throws {
    let clean = try images(4)
    let noisy = try PixelNoise(level: 0.5).corrupted(clean, seed: 3)
    #expect(try write(noisy, 1, epoch: 0) == write(noisy, 1, epoch: 5))
    let field = try zip(write(noisy, 1), write(clean, 1)).map(-)
    let other = try zip(write(noisy, 2), write(clean, 2)).map(-)
    #expect(field != other)
    let seed4 = try PixelNoise(level: 0.5).corrupted(clean, seed: 4)
    #expect(try write(seed4, 1) != write(noisy, 1))
    // The same field at every level.
    let twice = try PixelNoise(level: 1).corrupted(clean, seed: 3)
    for (one, two) in try zip(field, zip(write(twice, 1), write(clean, 1)).map(-)) {
      #expect(abs(2 * one - two) < 1e-5)
    }
  }

  @Test func freshNoiseDiffersFromVisitToVisit() throws {
    let noisy = try PixelNoise(level: 0.5, isFresh: true).corrupted(try images(4), seed: 3)
    #expect(try write(noisy, 1, epoch: 0) != write(noisy, 1, epoch: 1))
    #expect(try write(noisy, 1, epoch: 1) == write(noisy, 1, epoch: 1))
  }

  @Test(arguments: [false, true]) func momentsAreThoseOfTheNormalDistribution(fresh: Bool) throws {
    let clean = try images()
    let noisy = try PixelNoise(level: 0.3, isFresh: fresh).corrupted(clean, seed: 1)
    let noise = try (0..<clean.count).flatMap {
      try zip(write(noisy, $0), write(clean, $0)).map { Double($0 - $1) }
    }
    let count = Double(noise.count)
    let mean = noise.reduce(0, +) / count
    let variance = noise.map { $0 * $0 }.reduce(0, +) / count
    let kurtosis = noise.map { $0 * $0 * $0 * $0 }.reduce(0, +) / count / (variance * variance)
    // Five standard errors of 28,800 numbers.
    #expect(abs(mean) < 5 * 0.3 / count.squareRoot())
    #expect(abs(variance / 0.09 - 1) < 5 * (2 / count).squareRoot())
    #expect(abs(kurtosis - 3) < 5 * (24 / count).squareRoot())
  }

  /// Noise is added before crop and flip: cropping the noisy image gives the same, and the padding is clean.
  @Test(arguments: [false, true]) func noiseMovesWithTheImage(fresh: Bool) throws {
    let clean = try images(40)
    let noisy = try PixelNoise(level: 0.5, isFresh: fresh).corrupted(clean, seed: 3)
    let augmentation = Augmentation(padding: 2, flip: true)
    var padded = 0
    for index in 0..<40 {
      var random = RandomStream(seed: 3, purpose: .augmentation, index: index)
      let draw = augmentation.draw(using: &random)
      let (crop, cleanCrop) = (
        try write(noisy, index, augmentation), try write(clean, index, augmentation)
      )
      let field = try zip(write(noisy, index), write(clean, index)).map(-)
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          let row = y + draw.top - 2
          let column = (draw.mirrored ? shape.width - 1 - x : x) + draw.left - 2
          for channel in 0..<shape.channels {
            let place = (y * shape.width + x) * shape.channels + channel
            let added = crop[place] - cleanCrop[place]
            guard (0..<shape.height).contains(row), (0..<shape.width).contains(column) else {
              #expect(added == 0)
              padded += 1
              continue
            }
            if !fresh {
              let origin = (row * shape.width + column) * shape.channels + channel
              #expect(abs(added - field[origin]) < 1e-5)
            }
          }
        }
      }
    }
    #expect(padded > 0)
  }

  @Test func labelsAndCropsStay() throws {
    let clean = try images(30)
    let noisy = try #require(
      try PixelNoise(level: 0.5).corrupted(clean, seed: 3) as? any ClassificationDataset)
    #expect(noisy.labels == clean.labels && noisy.classNames == clean.classNames)
    #expect(noisy.count == 30 && noisy.elementShape == clean.elementShape)
  }

  @Test func pointsAndTextsHaveNoPixels() throws {
    let points = try TwoMoons().makeDataset(split: .train)
    let error = #expect(throws: DataError.self) { try PixelNoise().corrupted(points, seed: 0) }
    #expect(error?.kind == .badConfiguration && error?.problem.contains("no images") == true)
  }
}
