import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Keeps weights small, or near given ones: `alpha / 2 |theta - theta_ref|^2`.
///
/// theta are the weights before the head, W those of the head; each may have a term of its own. Coefficients of
/// schemes are left out, as from weight decay. Unlike weight decay it is part of what line searches and adaptive
/// optimisers see. Source: lecture, section 5; Meganet.m, `tikhonovReg`.
public struct TikhonovRegularization: RegularizerDefinition {
  /// Which parameters.
  public enum Part: String, Sendable, CaseIterable {
    /// theta and W.
    case all
    /// theta, everything before the head.
    case body
    /// W, the head.
    case head
  }

  public let name = "tikhonov"
  public let title = "squares of the weights"
  public let equation = "alpha / 2 |theta|^2"
  public let source = "lecture, section 5; Meganet.m, tikhonovReg"
  /// The factor alpha.
  public var alpha: Double
  /// Which parameters.
  public var part: Part

  /// Creates the kind.
  public init(alpha: Double = 1e-4, of part: Part = .all) {
    self.alpha = alpha
    self.part = part
  }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("alpha", standard: "0.0001", "factor, 0 or more"),
      ArgumentDescription("of", standard: "all", "all, body (before the head) or head"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any RegularizerDefinition {
    TikhonovRegularization(
      alpha: try choice.number("alpha", in: 0...NamedChoice.largestNumber) ?? alpha,
      of: try choice.option("of") ?? part)
  }

  public var choice: String { "\(name):alpha=\(alpha),of=\(part.rawValue)" }

  public func make(for network: ResidualNetwork) -> any Regularizer {
    make(
      for: network.parameters.trainable.filter { parameter in
        let isOfHead = parameter.path.hasPrefix("head.")
        return parameter.isDecayed && (part == .all || (part == .head) == isOfHead)
      })
  }

  /// The term for given parameters.
  ///
  /// - Parameter reference: what they are kept near, of their shapes; nil for zero.
  public func make(for parameters: [Parameter], near reference: [Tensor]? = nil) -> any Regularizer
  {
    TikhonovRegularizer(alpha: alpha, parameters: parameters, reference: reference)
  }
}

/// ``TikhonovRegularization`` of some parameters.
private struct TikhonovRegularizer: Regularizer {
  let alpha: Double
  let parameters: [Parameter]
  let reference: [Tensor]?

  func value() throws -> Tensor {
    let squares = try parameters.enumerated().map { index, parameter in
      try (reference.map { try parameter.value - $0[index] } ?? parameter.value).square().sum()
    }
    guard !squares.isEmpty else { return try Tensor(0, .float32) }
    return try Tensor.stacked(squares).sum() * (alpha / 2)
  }
}
