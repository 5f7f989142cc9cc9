import ComplexModule
import Foundation
import TimeStepping
import TimestepNetworks
import TimestepTorch

/// What the steps of one stage would do to gradients and noise with another step size.
package final class StepSizeStudy {
  /// What was found for one step size.
  package struct Point {
    /// The step size, the mean over the steps.
    package var h: Double
    /// `|A^T g| / |g|`
    package var gain: Double
    /// `(E|A xi|^2 / E|xi|^2)^1/2`
    package var noise: Double
    /// `prod (1 + h W_l)`, for forward Euler.
    package var product: Double?
    /// Proposition 1, for forward Euler and h up to 1.
    package var paper: Double?
  }

  /// A Ritz value lambda of the test equation of the scheme.
  package struct Mode {
    package let step: Int
    package let value: Complex<Double>

    /// Whether the exact solution of the test equation does not grow.
    package var isDecaying: Bool { value.real < 0 || (value.real == 0 && value.imaginary != 0) }
  }

  let linear: StageLinearization
  /// The norm W_l of each block's Jacobian.
  package let norms: [Double]
  /// The modes of all blocks.
  package let modes: [Mode]
  private let gradient: Tensor
  private let noise: [Tensor]
  private let generator: Generator

  package init(_ linear: StageLinearization, gradient: Tensor, dimensions: Int, seed: UInt64) throws
  {
    self.linear = linear
    self.gradient = gradient
    let random = try Generator(seed: seed)
    generator = random
    let start = linear.states[0]
    noise = try [start.noise(random), start.noise(random)]
    norms = try linear.steps.map {
      try linear.jacobian(ofStep: $0)
        .norms(PowerIteration(steps: 30, tolerance: 1e-4), random).max() ?? .nan
    }
    modes = try Self.modes(of: linear, dimensions, random)
  }

  /// The mean step size at hand.
  var h: Double { linear.sizes.mean }

  /// What a step size that is so many times the one at hand does.
  package func point(factor: Double) throws -> Point {
    let sizes = linear.sizes.map { factor * $0 }
    let gain =
      try linear.transposed(gradient, sizes: sizes).length() / Swift.max(gradient.length(), 1e-300)
    var (after, before) = (0.0, 0.0)
    for xi in noise {
      after += pow(try withoutGradients { try linear.propagated(xi, sizes: sizes) }.length(), 2)
      before += pow(try xi.length(), 2)
    }
    var point = Point(
      h: sizes.mean, gain: gain, noise: (after / Swift.max(before, 1e-300)).squareRoot())
    if linear.stage.scheme.isForwardEuler {
      point.product = zip(sizes, norms).reduce(1.0) { $0 * (1 + $1.0 * $1.1) }
      if Set(linear.sizes).count == 1, point.h <= 1, let norm = norms.max() {
        point.paper = BackwardGain.paperBound(h: point.h, norm: norm, blocks: sizes.count)
      }
    }
    return point
  }

  /// The largest growth of any gradient, and of any noise: the largest singular value of A over the examples.
  package func worstGain(factor: Double) throws -> Double {
    let sizes = linear.sizes.map { factor * $0 }
    return try PowerIteration(steps: 20, tolerance: 1e-3).perExample(
      like: linear.states[0], generator,
      apply: { v in try withoutGradients { try self.linear.propagated(v, sizes: sizes) } },
      transposed: { w in try self.linear.transposed(w, sizes: sizes) }
    ).norms.max() ?? .nan
  }

  /// The step size, over the one at hand, at which `prod (1 + h W_l)` reaches a bound; nil for other schemes.
  package func guaranteedFactor(bound: Double) -> Double? {
    guard linear.stage.scheme.isForwardEuler, norms.allSatisfy(\.isFinite) else { return nil }
    func product(_ factor: Double) -> Double {
      zip(linear.sizes, norms).reduce(1.0) { $0 * (1 + factor * $1.0 * $1.1) }
    }
    guard norms.contains(where: { $0 > 0 }) else { return .infinity }
    var (low, high) = (0.0, 1.0)
    while product(high) <= bound { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if product(middle) <= bound { low = middle } else { high = middle }
    }
    return low
  }

  /// Whether a mode does not grow with steps of size h.
  func isInside(_ mode: Mode, h: Double) -> Bool {
    let z = Complex(h * mode.value.real, h * mode.value.imaginary)
    return linear.stage.scheme.amplificationFactor(z).length <= 1 + 1e-9
  }

  /// The largest h up to which a mode does not grow, up to the given one.
  package func stabilityLimit(of mode: Mode, upTo most: Double) -> Double {
    var last = 0.0
    var h = min(most, 1e-3 / Swift.max(mode.value.length, 1e-300))
    while isInside(mode, h: h) {
      if h >= most { return most }
      last = h
      h = min(most, 1.05 * h)
    }
    var (low, high) = (last, h)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if isInside(mode, h: middle) { low = middle } else { high = middle }
    }
    return low
  }

  /// The Ritz values of each block, of the first example.
  private static func modes(
    of linear: StageLinearization, _ dimensions: Int, _ generator: Generator
  ) throws -> [Mode] {
    let scheme = linear.stage.scheme
    let single = StageLinearization(
      linear.stage, states: try linear.states.map { try $0.sliced(0..<1) })
    let ritz = RitzValues(dimensions: dimensions)
    return try linear.steps.flatMap { step in
      let time = linear.stage.grid.times[step]
      func jacobian(_ branch: Int) throws -> FieldJacobian {
        try single.jacobian(
          at: EvaluationPoint(
            step: step, node: scheme.nodes.first ?? 0, time: time, branch: branch))
      }
      let first = try jacobian(0)
      let state = single.states[step - linear.steps.lowerBound]
      guard scheme.equation != .firstOrder else {
        return try ritz(like: state, generator, first.applied).map {
          Mode(step: step, value: Complex($0.real, $0.imaginary))
        }
      }
      // lambda^2 is an eigenvalue of J, or of the product of both.
      let second = scheme.equation == .partitioned ? try jacobian(1) : nil
      let part = scheme.halvesState ? try state.halves().0 : state
      let squares = try ritz(like: part, generator) { v in
        try first.applied(to: second.map { try $0.applied(to: v) } ?? v)
      }
      return squares.map {
        Mode(step: step, value: scheme.equation.root(of: Complex($0.real, $0.imaginary)))
      }
    }
  }
}
