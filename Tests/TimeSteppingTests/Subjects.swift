import Testing
import TimeStepping

/// A scheme under test.
///
/// Tests that take `Subject.all` cover a new scheme as soon as it stands in the catalog.
struct Subject: Sendable, CustomTestStringConvertible {
  let text: String
  let scheme: any Scheme
  var testDescription: String { text }

  /// Every scheme of the catalog, and some of them with arguments.
  static let all =
    SchemeCatalog.all.map { Subject(text: $0.name, scheme: $0) }
    + variants.compactMap { text in
      (try? SchemeCatalog.scheme(named: text)).map { Subject(text: text, scheme: $0) }
    }
  /// Those whose steps can be undone.
  static let reversible = all.filter { $0.scheme is any ReversibleScheme }

  /// Arguments that change what a scheme declares.
  static let variants = [
    "lm:k=0", "lm:k=0.9", "lm:k=1", "lm:k=-1", "lm:k=-0.5,consistent=yes",
    "lm:k=1,consistent=yes", "lm:k=trained,shape=channel,clamp=yes,boundary=project",
    "verlet:start=full", "leapfrog:start=half", "dense-multistep:decay=0",
    "dense-multistep:decay=0.3", "dense-multistep:decay=0.7", "dense-multistep:decay=trained",
    "fractal-2:k1=0.25,k2=0.75", "fractal-2:k1=1,k2=1", "fractal-2:k3=0.5", "fractal:columns=1",
    "fractal:columns=4", "backward-euler:iterations=1", "backward-euler:iterations=3",
    "backward-euler:iterations=50", "linearly-implicit:q=0", "linearly-implicit:q=0.25",
    "linearly-implicit:q=1",
  ]
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
