extension LearningTask {
  /// Classes that mean nothing: `class 0`, `class 1`, ...
  static func randomClasses(_ count: Int) -> LearningTask {
    .classification(classNames: (0..<max(count, 0)).map { "class \($0)" })
  }
}

extension [Int32] {
  /// As many labels of each class, up to one, in an order drawn from (seed, purpose, part).
  static func balanced(
    _ count: Int, classes: Int, seed: UInt64, purpose: RandomStream.Purpose, split: DatasetSplit
  ) -> [Int32] {
    // Examples have the indices from 0 up; the order has one that none of them has.
    var random = RandomStream(
      seed: seed, purpose: purpose, epoch: split == .train ? 0 : 1, index: -1)
    var labels = (0..<count).map { Int32($0 % classes) }
    random.shuffle(&labels)
    return labels
  }
}

extension RandomStream {
  /// Fills a buffer with uniform bytes, eight of each 64 bits, the low ones first.
  mutating func fillBytes(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
    for start in stride(from: 0, to: bytes.count, by: 8) {
      var word = next()
      for place in start..<min(start + 8, bytes.count) {
        bytes[place] = UInt8(truncatingIfNeeded: word)
        word >>= 8
      }
    }
  }
}
