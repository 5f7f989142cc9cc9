import Testing
import TimeStepping
import TimestepData

/// Images of which squares of pixels are averaged to one.
@Suite struct PooledImagesTests {
  /// Images of random bytes.
  private func images(_ count: Int, height: Int, width: Int, channels: Int) throws -> ImageDataset {
    var random = RandomStream(seed: 4, stream: 0)
    return try ImageDataset(
      name: "random", split: .train, height: height, width: width, channels: channels,
      classNames: ["a", "b"], labels: (0..<count).map { Int32($0 % 2) },
      pixels: (0..<(count * height * width * channels)).map { _ in
        UInt8(truncatingIfNeeded: random.next())
      })
  }

  @Test(arguments: [(2, 4, 6, 3), (3, 9, 6, 1), (4, 4, 8, 2), (6, 6, 6, 3)])
  func theyAreTheAverages(factor: Int, height: Int, width: Int, channels: Int) throws {
    let whole = try images(5, height: height, width: width, channels: channels)
    let pooled = try whole.pooled(by: factor)
    #expect(pooled.elementShape == [channels, height / factor, width / factor])
    #expect(pooled.labels == whole.labels && pooled.count == 5 && pooled.name == whole.name)
    for image in 0..<5 {
      for channel in 0..<channels {
        for row in 0..<pooled.height {
          for column in 0..<pooled.width {
            var values: [Double] = []
            for y in (factor * row)..<(factor * row + factor) {
              for x in (factor * column)..<(factor * column + factor) {
                values.append(
                  Double(whole.pixels[((image * height + y) * width + x) * channels + channel]))
              }
            }
            let mean = values.reduce(0, +) / Double(factor * factor)
            let place = ((image * pooled.height + row) * pooled.width + column) * channels + channel
            #expect(pooled.pixels[place] == UInt8((mean + 0.5).rounded(.down)))
            #expect(abs(Double(pooled.pixels[place]) - mean) / 255 <= 1.0 / 510)
          }
        }
      }
    }
    #expect(try whole.pooled(by: 1).pixels == whole.pixels)
  }

  @Test func halvesAreRoundedUpAndFullBytesStay() throws {
    let set = try ImageDataset(
      name: "x", split: .test, height: 2, width: 6, channels: 1, classNames: ["a", "b"],
      labels: [0], pixels: [1, 0, 255, 255, 1, 0] + [0, 1, 255, 255, 0, 0])
    #expect(try set.pooled(by: 2).pixels == [1, 255, 0])
    for factor in [0, -1, 3, 4, .min] {
      #expect(dataError { try set.pooled(by: factor) }?.kind == .badConfiguration)
    }
  }

  @Test(arguments: [
    ("fashion-mnist", [1, 14, 14], 1), ("mnist", [1, 14, 14], 1), ("cifar-10", [3, 16, 16], 2),
    ("cifar-100", [3, 16, 16], 2), ("cifar-100-coarse", [3, 16, 16], 2),
  ])
  func theDescriptorFollows(name: String, shape: [Int], padding: Int) throws {
    let whole = try DatasetCatalog.dataset(named: name)
    let pooled = try DatasetCatalog.dataset(named: "\(name):pooling=2")
    #expect(pooled.elementShape == shape && pooled.pooling == 2 && whole.pooling == 1)
    #expect(pooled.task == whole.task && pooled.counts == whole.counts)
    #expect(pooled.name == name && pooled.choice == "\(name):pooling=2")
    #expect(pooled.arguments == whole.arguments && pooled.markers == whole.markers)
    #expect(pooled.augmentsByDefault == whole.augmentsByDefault)
    #expect(pooled.preparation.normalization == whole.preparation.normalization)
    #expect(pooled.preparation.augmentation.padding == padding)
    #expect(pooled.preparation.augmentation.flip == whole.preparation.augmentation.flip)
    let same = try DatasetCatalog.dataset(named: "\(name):pooling=1")
    #expect(same.elementShape == whole.elementShape && same.preparation == whole.preparation)
    // A crop shows part of every image, also of the smallest.
    let pixel = try DatasetCatalog.dataset(named: "\(name):pooling=\(whole.elementShape[1])")
    #expect(pixel.elementShape.dropFirst() == [1, 1])
    #expect(pixel.preparation.augmentation.padding == 0)
  }

  @Test func whatDoesNotDivideIsRefusedWithWhatDoes() {
    for value in ["0", "-2", "29", "x", "1.5"] {
      #expect(throws: ArgumentError.self) {
        try DatasetCatalog.dataset(named: "fashion-mnist:pooling=\(value)")
      }
    }
    let error = #expect(throws: ArgumentError.self) {
      try DatasetCatalog.dataset(named: "fashion-mnist:pooling=3")
    }
    #expect(
      error?.description
        == "dataset fashion-mnist: pooling=3: does not divide images of 28 x 28 pixels; choose one of "
        + "1, 2, 4, 7, 14, 28")
  }

  @Test func filesAreReadAndPooled() throws {
    let scratch = try Scratch()
    let whole = try images(4, height: 28, width: 28, channels: 1)
    for prefix in ["train", "t10k"] {
      try scratch.write(idx([4, 28, 28], whole.pixels), to: "\(prefix)-images-idx3-ubyte")
      try scratch.write(idx([4], [0, 1, 0, 1]), to: "\(prefix)-labels-idx1-ubyte")
    }
    let set = try DatasetCatalog.dataset(named: "fashion-mnist:pooling=2")
    let expected = try whole.pooled(by: 2).pixels
    for split in DatasetSplit.allCases {
      let read = try #require(
        try set.load(split: split, directory: scratch.path) as? ImageDataset)
      #expect(read.pixels == expected && read.elementShape == set.elementShape)
      let loader = try BatchLoader(
        dataset: read,
        options: BatchOptions(
          batchSize: 4, shuffle: false, preparation: set.preparation(for: .test)))
      let batch = try #require(try loader.batches(epoch: 0).next())
      #expect(batch.inputs.array() == expected.map { (Float($0) / 255 - 0.2860) / 0.3530 })
    }
  }

  @Test func inputsOfBothSizesAreTaken() throws {
    let scratch = try Scratch()
    let whole = try images(1, height: 28, width: 28, channels: 1)
    let pooled = try whole.pooled(by: 2)
    let full = try scratch.write(Array("P5 28 28 255\n".utf8) + whole.pixels, to: "full.pgm")
    let small = try scratch.write(Array("P5 14 14 255\n".utf8) + pooled.pixels, to: "small.pgm")
    let other = try scratch.write(
      Array("P5 7 28 255\n".utf8) + [UInt8](repeating: 0, count: 196), to: "o.pgm")
    let reader = InputReader(for: try DatasetCatalog.dataset(named: "fashion-mnist:pooling=2"))
    let read = try #require(try reader.images([full, small]) as? ImageDataset)
    #expect(read.pixels == pooled.pixels + pooled.pixels)
    let error = dataError { try reader.images([full, other]) }
    #expect(error?.file == other)
    #expect(
      error?.problem.contains("28 x 7 pixels, and the network takes 28 x 28, pooled to 14 x 14")
        == true)
  }
}
