/// The generator SplitMix64: a counter in steps of the golden ratio, mixed.
///
/// Used to make keys and the states of other generators. Source: G. L. Steele, D. Lea, C. H. Flood, "Fast
/// splittable pseudorandom number generators" (2014); reference code by S. Vigna, `splitmix64.c`.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator whose counter begins at `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// The mixing function: a bijection of the 64-bit numbers.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
