/// The generator splitmix64: the same damage for the same seed everywhere.
package struct FuzzRandom: RandomNumberGenerator {
  private var state: UInt64

  /// Begins with a seed.
  package init(_ seed: UInt64) {
    // Not a multiple of what a step adds: neighbours would draw the same numbers, one step apart.
    state = seed &* 0xd134_2543_de82_ef95 &+ 0xf022
  }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to below the bound; 0 for a bound of 0.
  package mutating func integer(below bound: Int) -> Int {
    bound > 1 ? Int.random(in: 0..<bound, using: &self) : 0
  }
}
