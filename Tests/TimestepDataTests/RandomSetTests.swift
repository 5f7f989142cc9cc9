import Testing
import TimeStepping
import TimestepData

/// Sets of noise, beside what every set of the catalog that is made keeps to.
@Suite struct RandomSetTests {
  @Test func bytesAreUniformAndNormalizedByTheirMoments() throws {
    let set = try RandomImages().makeDataset(split: .train)
    var counts = [Int](repeating: 0, count: 256)
    for byte in set.pixels { counts[Int(byte)] += 1 }
    // 512 * 768 bytes, 1536 of each value; six standard deviations are 235.
    #expect(counts.allSatisfy { abs($0 - 1536) < 235 }, "\(counts)")
    let measured = try Normalization.measured(on: set)
    let constants = try #require(RandomImages().preparation.normalization)
    for (a, b) in zip(
      measured.mean + measured.standardDeviation, constants.mean + constants.standardDeviation)
    {
      #expect(abs(a - b) < 0.005)
    }
    // No image is that of another place, split or seed.
    let size = set.elementCount
    let images = try [(DatasetSplit.train, 0), (.test, 0), (.train, 1)].flatMap { split, seed in
      let pixels = try RandomImages(seed: UInt64(seed)).makeDataset(split: split).pixels
      return (0..<512).map { Array(pixels[($0 * size)..<(($0 + 1) * size)]) }
    }
    #expect(Set(images).count == images.count)
  }

  @Test func sizesAreThoseThatAreAskedFor() throws {
    let images = try DatasetCatalog.dataset(
      named: "random-images:channels=1,size=5,classes=3,count=7")
    #expect(images.elementShape == [1, 5, 5] && images.counts == (7, 7))
    #expect(images.task.names == ["class 0", "class 1", "class 2"])
    let data = try #require(try images.load(split: .test) as? ImageDataset)
    #expect(data.pixels.count == 175 && data.labels.sorted() == [0, 0, 0, 1, 1, 2, 2])
    // An image does not depend on how many there are.
    let more = try RandomImages(count: 9, channels: 1, size: 5, classes: 3).makeDataset(
      split: .test)
    #expect(Array(more.pixels.prefix(175)) == data.pixels)

    let texts = try DatasetCatalog.dataset(named: "random-text:length=9,classes=2,count=50")
    #expect(texts.elementShape == [9] && texts.elementKind == .texts && texts.counts == (50, 50))
    let text = try #require(try texts.load(split: .train) as? TextDataset)
    #expect(Set((0..<50).map { text[$0].count }) == Set(5...9))
    #expect(Set(try RandomText().makeDataset(split: .train).characters) == Set(1...69))
  }

  @Test func whatIsTooLargeIsRefused() throws {
    for text in [
      "random-images:size=1024,channels=1024", "random-images:classes=11,count=10",
      "random-images:size=1024,channels=64,count=65", "random-images:size=0",
      "random-text:length=1000000,count=4295", "random-text:length=0", "random-text:classes=1",
    ] {
      #expect(throws: ArgumentError.self, "\(text)") { try DatasetCatalog.dataset(named: text) }
    }
    for error in [
      dataError { try RandomImages(channels: 0).makeDataset(split: .train) },
      dataError { try RandomImages(count: .max).makeDataset(split: .train) },
      dataError { try RandomImages(size: -1).makeDataset(split: .train) },
      dataError { try RandomText(count: 1).makeDataset(split: .train) },
      dataError { try RandomText(length: .max).makeDataset(split: .train) },
    ] { #expect(error?.kind == .badConfiguration) }
  }
}
