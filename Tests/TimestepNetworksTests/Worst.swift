import Synchronization

/// The largest error that a test over many subjects has met so far, printed whenever it grows.
final class Worst: Sendable {
  static let gradient = Worst("gradient against central differences")
  static let telescoping = Worst("telescoping identity")
  static let scheme = Worst("stage against the scheme on a closure")
  static let fused = Worst("gradients with fused kernels against float64")

  static let halves = Worst("gradients with states in bfloat16 against float64")

  private let name: String
  private let largest = Mutex(0.0)

  init(_ name: String) { self.name = name }

  func note(_ error: Double, _ subject: String) {
    largest.withLock { largest in
      guard !(error <= largest) else { return }
      largest = error
      print("\(name): largest relative error \(error) (\(subject))")
    }
  }
}
