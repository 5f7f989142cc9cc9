import Testing
import TimestepData

/// The real sets, where this machine has them: `make data`, or `TIMESTEP_DATA` naming their parent directory.
@Suite struct RealDataTests {
  static func isThere(_ dataset: DatasetDescriptor) -> Bool {
    (try? DatasetSearch().directory(of: dataset)) != nil
  }

  /// Counts, class balance, and the mean that the normalisation takes for granted.
  private func check(_ descriptor: DatasetDescriptor, tolerance: Float) throws {
    for (split, count) in [
      (DatasetSplit.train, descriptor.counts.train), (.test, descriptor.counts.test),
    ] {
      let dataset = try #require(descriptor.load(split: split) as? ImageDataset)
      #expect(dataset.count == count)
      #expect(dataset.elementShape == descriptor.elementShape)
      for label in 0..<10 {
        #expect(dataset.labels.filter { $0 == label }.count == count / 10)
      }
      guard split == .train, let normalization = descriptor.preparation.normalization else {
        continue
      }
      for channel in 0..<dataset.channels {
        var counts = [Int](repeating: 0, count: 256)
        dataset.pixels.withUnsafeBufferPointer { pixels in
          for place in stride(from: channel, to: pixels.count, by: dataset.channels) {
            counts[Int(pixels[place])] += 1
          }
        }
        let total = Float(dataset.pixels.count / dataset.channels)
        let mean =
          counts.enumerated().map { Float($0.offset) / 255 * Float($0.element) }.reduce(0, +)
          / total
        #expect(abs(mean - normalization.mean[channel]) < tolerance)
      }
    }
  }

  @Test(.enabled(if: isThere(DatasetCatalog.fashionMNIST), "Fashion-MNIST is not on this machine"))
  func fashionMNISTIsWhole() throws { try check(DatasetCatalog.fashionMNIST, tolerance: 1e-3) }

  @Test(.enabled(if: isThere(DatasetCatalog.cifar10), "CIFAR-10 is not on this machine"))
  func cifar10IsWhole() throws { try check(DatasetCatalog.cifar10, tolerance: 2e-3) }

  @Test(.enabled(if: isThere(DatasetCatalog.mnist), "MNIST is not on this machine"))
  func mnistIsThere() throws {
    #expect(try DatasetCatalog.mnist.load(split: .test).count == DatasetCatalog.mnist.counts.test)
  }

  /// The numbers of all test texts as those of the reference's procedure: Python's `csv`, `lower` and a table (FNV-1a
  /// over the numbers of each text and a zero).
  @Test(.enabled(if: isThere(DatasetCatalog.agNews), "AG-NEWS is not on this machine"))
  func agNewsIsThere() throws {
    let descriptor = DatasetCatalog.agNews
    let test = try #require(descriptor.load(split: .test) as? TextDataset)
    #expect(test.count == descriptor.counts.test)
    for label in 0..<4 { #expect(test.labels.filter { $0 == label }.count == 1900) }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<test.count {
      for number in test[index] + [0] { hash = (hash ^ UInt64(number)) &* 0x100_0000_01b3 }
    }
    #expect(hash == 0x9bb5_de79_8dc2_e234)
    // Copies with some of the training texts are in use.
    let train = try descriptor.load(split: .train)
    let labels = try classLabels(train)
    #expect(train.count <= descriptor.counts.train && Set(labels).count == 4)
  }

  /// CIFAR-10 as an image folder beside its binary files; where these were made from it, the pixels are the same.
  @Test(
    .enabled(
      if: isThere(DatasetCatalog.cifar10) && isThere(DatasetCatalog.imageFolder),
      "CIFAR-10 is not on this machine both as cifar-10 and as image-folder"))
  func cifar10IsTheSameAsAFolder() throws {
    let folder = try DatasetCatalog.imageFolder.resolved()
    #expect(folder.task.names == DatasetCatalog.cifar10.task.names)
    #expect(folder.elementShape == [3, 32, 32])
    for split in DatasetSplit.allCases {
      let sets = try [DatasetCatalog.cifar10, folder].map {
        try #require($0.load(split: split) as? ImageDataset)
      }
      let found = sets.map { set in
        (0..<10).map { label in set.labels.filter { $0 == label }.count }
      }
      #expect(found[0] == found[1])
      let measured = try sets.map { try Normalization.measured(on: $0) }
      for channel in 0..<3 {
        #expect(abs(measured[0].mean[channel] - measured[1].mean[channel]) < 2e-3)
      }
      let hashes = sets.map { set in
        Set((0..<set.count).map { set.pixels[($0 * 3072)..<(($0 + 1) * 3072)].hashValue })
      }
      // Official files hold the pixels from before the compression: then next to none is the same.
      let common = Double(hashes[0].intersection(hashes[1]).count) / Double(hashes[0].count)
      #expect(common == 1 || common < 0.01)
    }
  }
}
