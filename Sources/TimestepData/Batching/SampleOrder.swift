/// Which samples an epoch visits, and in which order.
enum SampleOrder {
  /// The samples in the order of epoch `epoch`: Fisher and Yates with the numbers of (seed, epoch).
  static func shuffled(_ samples: [Int32], seed: UInt64, epoch: Int) -> [Int32] {
    var order = samples
    var random = RandomStream(seed: seed, purpose: .order, epoch: epoch)
    random.shuffle(&order)
    return order
  }

  /// At most `limit` samples, as many of each class as there can be, in the order of the data set.
  ///
  /// Each class is shuffled with (seed, class); then one sample of each class in turn is kept until there are
  /// enough. So a smaller subset is part of every larger one, and classes differ by one sample at most while
  /// none is used up.
  static func balanced(labels: [Int32], classes: Int, limit: Int, seed: UInt64) -> [Int32] {
    guard limit < labels.count else { return Array(0..<Int32(clamping: labels.count)) }
    var members = [[Int32]](repeating: [], count: classes)
    for (index, label) in labels.enumerated() { members[Int(label)].append(Int32(index)) }
    for label in members.indices {
      var random = RandomStream(seed: seed, purpose: .subset, index: label)
      random.shuffle(&members[label])
    }
    var kept: [Int32] = []
    var round = 0
    while kept.count < limit {
      for label in members.indices where round < members[label].count && kept.count < limit {
        kept.append(members[label][round])
      }
      round += 1
    }
    return kept.sorted()
  }
}
