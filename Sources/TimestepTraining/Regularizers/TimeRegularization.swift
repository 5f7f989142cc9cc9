import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Makes weights change slowly in time, so that they are values of a function theta(t) that other grids can sample.
///
/// ```
/// squares             alpha / 2 sum_l |theta_{l+1} - theta_l|^2 / h_l      ->  alpha / 2 integral |theta'|^2 dt
/// smoothed absolutes  alpha sum_l h_l sum sqrt(((theta_{l+1} - theta_l) / h_l)^2 + eps)
///                                                                          ->  alpha integral sqrt(theta'^2 + eps) dt
/// ```
///
/// h_l is the time between two sets of weights, so that alpha keeps its meaning when steps are halved. Scales and
/// shifts of norms are left out unless asked for. Source: lecture, section 5; Meganet.m, `opTimeDer`, `tikhonovReg`
/// and `regularizerL1`.
public struct TimeRegularization: RegularizerDefinition {
  /// What is summed of the time derivative.
  public enum Measure: Sendable, Hashable {
    /// Half its squares.
    case squares
    /// Its absolute values, smooth at zero.
    case smoothedAbsolutes
  }

  public let name: String
  public let title: String
  public let equation: String
  public let source = "lecture, section 5; Meganet.m, opTimeDer"
  /// What is summed.
  public let measure: Measure
  /// The factor alpha.
  public var alpha = 1e-3
  /// What smooths the absolute value.
  public var smoothing = 1e-3
  /// Whether scales and shifts of norms are included.
  public var includesNorms = false

  /// Creates a kind.
  public init(_ measure: Measure, alpha: Double = 1e-3) {
    self.measure = measure
    self.alpha = alpha
    let isSquare = measure == .squares
    name = isSquare ? "time-l2" : "time-l1"
    title = isSquare ? "squares of the weights' time derivative" : "its absolute values, smoothed"
    equation =
      isSquare
      ? "alpha / 2 sum |theta_{l+1} - theta_l|^2 / h"
      : "alpha sum h sqrt(((theta_{l+1} - theta_l) / h)^2 + eps)"
  }

  public var arguments: [ArgumentDescription] {
    var list = [ArgumentDescription("alpha", standard: "0.001", "factor, 0 or more")]
    if measure == .smoothedAbsolutes {
      list.append(ArgumentDescription("eps", standard: "0.001", "smoothing, above 0"))
    }
    return list + [
      ArgumentDescription("norms", standard: "no", "yes includes scales and shifts of norms")
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any RegularizerDefinition {
    var copy = self
    copy.alpha = try choice.number("alpha", in: 0...NamedChoice.largestNumber) ?? alpha
    copy.smoothing = try choice.number("eps", in: 1e-12...NamedChoice.largestNumber) ?? smoothing
    copy.includesNorms = try choice.flag("norms") ?? includesNorms
    return copy
  }

  public var choice: String {
    "\(name):alpha=\(alpha)" + (measure == .smoothedAbsolutes ? ",eps=\(smoothing)" : "")
      + (includesNorms ? ",norms=yes" : "")
  }

  /// The term for a network; throws `OptionError` where its weights have no times, or only one each.
  public func make(for network: ResidualNetwork) throws -> any Regularizer {
    let all = try network.weightTrajectories()
    let long = all.filter { $0.parameters.count > 1 && (includesNorms || !$0.isOfNorm) }
    guard !long.isEmpty else {
      throw OptionError(
        "regularization", choice, "no stage of the network has weights at two times; use more depth"
      )
    }
    return try make(for: long)
  }

  /// The term for given weights in time; throws `OptionError` where two of them stand at one time.
  public func make(for trajectories: [WeightTrajectory]) throws -> any Regularizer {
    let terms = try trajectories.map { trajectory in
      let sizes = zip(trajectory.times.dropFirst(), trajectory.times).map { abs($0 - $1) }
      guard let first = trajectory.parameters.first, sizes.allSatisfy({ $0 > 0 }) else {
        throw OptionError(
          "regularization", choice,
          "the weights of \(trajectory.stage) stand at one time; use a step size h above 0")
      }
      let shape = [sizes.count] + first.value.shape.map { _ in 1 }
      let tensor = try Tensor(sizes, shape: shape).cast(to: first.value.dataType)
      return (trajectory.parameters, try tensor.moved(to: first.value.device))
    }
    return TimeRegularizer(definition: self, terms: terms)
  }
}

/// ``TimeRegularization`` of some weights.
private struct TimeRegularizer: Regularizer {
  let definition: TimeRegularization
  /// Weights in time, and the times between them, `[N - 1, 1, ...]`.
  let terms: [(parameters: [Parameter], sizes: Tensor)]

  func value() throws -> Tensor {
    let parts = try terms.map { parameters, sizes in
      let count = parameters.count
      let values = try Tensor.stacked(parameters.map(\.value))
      let change = try values.sliced(1..<count) - values.sliced(0..<count - 1)
      return switch definition.measure {
      case .squares: try (change.square() / sizes).sum() * (definition.alpha / 2)
      case .smoothedAbsolutes:
        try (((change / sizes).square() + definition.smoothing).squareRoot() * sizes).sum()
          * definition.alpha
      }
    }
    return try Tensor.stacked(parts).sum()
  }
}
