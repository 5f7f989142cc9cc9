import Foundation

/// Random numbers addressed by (seed, stream, index): each address has its own sequence.
///
/// Whoever asks for sample `i` of epoch `e` gets the same numbers, on any thread and in any order. The three
/// words are absorbed one after the other, `k <- mix(k + golden ratio XOR word)`, and the result seeds
/// xoshiro256**. Streams 0 to 2^32 - 1 are free for callers; the library's own are those of `Purpose`.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What the library draws numbers for, kept apart so that none depends on another.
  public enum Purpose: UInt64, Sendable {
    /// The order of the samples in an epoch.
    case order = 1
    /// Crops and flips; index: the sample.
    case augmentation = 2
    /// Which samples a limited training set keeps; index: the class.
    case subset = 3
    /// Synthetic points; index: twice the number of the set, and one more for its test part.
    case points = 4
    /// The noise field of an image; index: the image.
    case pixelNoise = 5
    /// Wrong letters; index: the text.
    case characterNoise = 6
    /// Wrong labels; index: the example.
    case labelNoise = 7
    /// Synthetic shapes; epoch: 0 for training, 1 for testing; index: the image.
    case shapes = 32
    /// Images of noise; epoch: 0 for training, 1 for testing; index: the image, or -1 for the order of classes.
    case randomImages = 33
    /// Texts of random characters; epoch and index as for images.
    case randomTexts = 34
  }

  private var generator: Xoshiro256

  /// The sequence at an address.
  public init(seed: UInt64, stream: UInt64, index: UInt64 = 0) {
    var key: UInt64 = 0
    for word in [seed, stream, index] {
      key = SplitMix64.mix((key &+ 0x9e37_79b9_7f4a_7c15) ^ word)
    }
    generator = Xoshiro256(seed: key)
  }

  /// The sequence for a purpose of the library in an epoch, counted from 0.
  public init(seed: UInt64, purpose: Purpose, epoch: Int = 0, index: Int = 0) {
    let stream = purpose.rawValue << 32 | UInt64(truncatingIfNeeded: epoch) & 0xffff_ffff
    self.init(seed: seed, stream: stream, index: UInt64(truncatingIfNeeded: index))
  }

  /// The sequence for the points of one part of a synthetic set; each set has a number of its own.
  init(seed: UInt64, pointSet number: Int, split: DatasetSplit) {
    self.init(seed: seed, purpose: .points, index: 2 * number + (split == .train ? 0 : 1))
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 { generator.next() }

  /// A number of [0, 1), a multiple of 2^-53.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number of `0..<bound` without bias; 0 where `bound` is less than 2.
  ///
  /// Source: D. Lemire, "Fast random integer generation in an interval" (2019).
  public mutating func integer(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let range = UInt64(bound)
    var product = range.multipliedFullWidth(by: next())
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = range.multipliedFullWidth(by: next()) }
    }
    return Int(product.high)
  }

  /// A number of the normal distribution with mean 0 and variance 1 (Box and Muller, 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Fills a buffer with numbers of the normal distribution, two at a time (Box and Muller, 1958).
  mutating func fillNormal(_ numbers: UnsafeMutableBufferPointer<Float>) {
    for place in stride(from: 0, to: numbers.count, by: 2) {
      let radius = (-2 * log(1 - uniform())).squareRoot()
      let angle = 2 * .pi * uniform()
      numbers[place] = Float(radius * cos(angle))
      if place + 1 < numbers.count { numbers[place + 1] = Float(radius * sin(angle)) }
    }
  }

  /// Puts the elements in random order (Fisher and Yates, from the last element to the first).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }
}
