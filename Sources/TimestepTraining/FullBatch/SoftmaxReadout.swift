import Foundation
import TimeStepping
import TimestepTorch

/// Cross-entropy of softmax, `mean -log softmax(A V)[c] + alpha / 2 |V|^2`, by Newton's method.
///
/// ```
/// g = A^T (p - e_c) / N + alpha V,   H = A^T (diag(p) - p p^T) A / N + alpha I,   V <- V - t H^-1 g
/// ```
///
/// with t = 1 where that halves the gradient, else by Armijo's rule. H is a matrix of (m + 1) k rows, so m and k must be small. Source: Meganet.m, `newton` with
/// `softmaxLoss`; lecture, section 6.5.
public struct SoftmaxReadout: ReadoutProblem {
  public let objective: any Objective
  public let alpha: Double
  /// The norm of the gradient at which it is enough.
  public var tolerance = 1e-10
  /// The largest number of iterations.
  public var iterations = 100
  /// The largest number of rows of H.
  public static let mostRows = 4000

  /// Creates the problem; throws `ArgumentError` unless alpha is above 0: classes that can be separated have no best V
  /// otherwise.
  public init(classes: Int, alpha: Double = 1e-3) throws {
    guard alpha > 0, alpha.isFinite else {
      throw ArgumentError(
        "readout", "softmax",
        "alpha=\(alpha): expected a number above 0, since classes that can be separated have no best "
          + "weights without it")
    }
    objective = ClassificationObjective(classes: classes)
    self.alpha = alpha
  }

  public func solve(_ features: Tensor, _ targets: Tensor, from start: Tensor) throws -> Tensor {
    var readout = start
    var gradient = try self.gradient(features, targets, readout)
    for _ in 0..<iterations {
      let size = try gradient.norm().scalar()
      guard size.isFinite else {
        throw TensorError(
          operation: "SoftmaxReadout.solve", operands: [features.summary],
          message: "the features are not finite")
      }
      if size <= tolerance { break }
      let direction = try -inverseCurvature(features, targets, at: readout)(gradient)
      var next = try readout + direction
      var nextGradient = try self.gradient(features, targets, next)
      if !(try nextGradient.norm().scalar() <= size / 2) {
        // At the accuracy of the numbers nothing is gained any more.
        guard let shorter = try shortened(features, targets, readout, gradient, direction) else {
          break
        }
        next = shorter
        nextGradient = try self.gradient(features, targets, next)
      }
      (readout, gradient) = (next, nextGradient)
    }
    return readout
  }

  /// The first of the steps 1, 1/2, 1/4 ... that makes the objective fall enough.
  private func shortened(
    _ features: Tensor, _ targets: Tensor, _ readout: Tensor, _ gradient: Tensor,
    _ direction: Tensor
  ) throws -> Tensor? {
    let value = try self.value(features, targets, readout)
    let slope = try (gradient * direction).sum().scalar()
    for halvings in 0..<40 {
      let step = pow(0.5, Double(halvings))
      let next = try readout.adding(direction, scaledBy: step)
      let nextValue = try self.value(features, targets, next)
      if nextValue < value, nextValue <= value + 1e-4 * step * slope { return next }
    }
    return nil
  }

  private func value(_ features: Tensor, _ targets: Tensor, _ readout: Tensor) throws -> Double {
    try objective.loss(features.matrixProduct(readout), targets).scalar()
      + alpha / 2 * readout.square().sum().scalar()
  }

  private func gradient(_ features: Tensor, _ targets: Tensor, _ readout: Tensor) throws -> Tensor {
    let outputs = try features.matrixProduct(readout)
    let classes = try Tensor.range(to: Double(outputs.shape[1]), .int64, on: outputs.device)
    let chosen = try targets.unsqueezed(1).equal(classes.unsqueezed(0)).cast(to: outputs.dataType)
    let excess = try (outputs.softmax(1) - chosen) * (1 / Double(outputs.shape[0]))
    return try features.transposed().matrixProduct(excess).adding(readout, scaledBy: alpha)
  }

  public func inverseCurvature(_ features: Tensor, _ targets: Tensor, at readout: Tensor) throws
    -> ((Tensor) throws -> Tensor)
  {
    let (width, classes) = (readout.shape[0], readout.shape[1])
    let rows = width * classes
    guard rows <= Self.mostRows else {
      throw TensorError(
        operation: "SoftmaxReadout", operands: [features.summary],
        message: "\(width) features of \(classes) classes make a matrix of \(rows) rows, at most "
          + "\(Self.mostRows) are possible; train all parameters together")
    }
    let p = try features.matrixProduct(readout).softmax(1)
    let scale = 1 / Double(features.shape[0])
    let crossed = try Tensor.einsum("na,ni,nb,nj->aibj", [features, p, features, p]) * -scale
    let own = try Tensor.einsum("na,ni,nb->iab", [features, p, features]) * scale
    let numbers = try Tensor.range(to: Double(rows), .int64, on: features.device)
    let unit = try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: features.dataType)
    let classNumbers = try Tensor.range(to: Double(classes), .int64, on: features.device)
    let same = try classNumbers.unsqueezed(0).equal(classNumbers.unsqueezed(1))
      .cast(to: features.dataType)
    let diagonal = try Tensor.einsum("iab,ij->aibj", [own, same])
    let matrix = try (crossed + diagonal).reshaped([rows, rows]).adding(unit, scaledBy: alpha)
    return { u in
      try matrix.solve(u.reshaped([rows, 1])).reshaped([width, classes])
    }
  }
}
