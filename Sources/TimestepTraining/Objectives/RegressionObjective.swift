import TimestepTorch

/// Numbers for each example: least squares of `[N, outputs]`.
///
/// ```
/// loss = 1 / (2N) sum over n of |z_n - y_n|^2
/// RMSE = sqrt(mean of (z - y)^2)     R2 = 1 - sum (z - y)^2 / sum (y - mean y)^2
/// RMSE/std = sqrt(1 - R2)
/// ```
/// RMSE over all numbers of all outputs; R2 with the mean of each output. Where the targets do not vary, R2 is 1 for
/// outputs without error and 0 otherwise, as in scikit-learn. Source: Meganet.m's `regressionLoss`.
public struct RegressionObjective: Objective {
  /// Creates the objective.
  public init() {}

  public var metrics: [Metric] { [.rootMeanSquareError, .determination, .relativeError] }

  public func loss(_ outputs: Tensor, _ targets: Tensor) throws -> Tensor {
    let error = try outputs - targets
    return try (error * error).sum() * (0.5 / Double(max(outputs.shape[0], 1)))
  }

  /// Examples, numbers, the sum of squared errors, and sums and sums of squares of each output's targets.
  public func sums(_ outputs: Tensor, _ targets: Tensor, forAll: Bool) throws -> [Double] {
    let (outputs, targets) = try (outputs.cast(to: .float64), targets.cast(to: .float64))
    let error = try outputs - targets
    let (count, width) = (targets.shape[0], targets.shape[1])
    let sums = [Double(count), Double(count * width), try (error * error).sum().scalar()]
    guard forAll else { return sums }
    return try sums + targets.sum([0]).scalars(Double.self)
      + (targets * targets).sum([0]).scalars(Double.self)
  }

  public func values(_ sums: [Double]) -> [Double] {
    let count = max(sums[0], 1)
    let width = Int(sums[1] / count)
    let error = (sums[2] / max(sums[1], 1)).squareRoot()
    guard sums.count == 3 + 2 * width else { return [error] }
    let variation = (0..<width).reduce(0.0) { total, output in
      total + sums[3 + width + output] - sums[3 + output] * sums[3 + output] / count
    }
    guard variation > 0 else { return sums[2] == 0 ? [error, 1, 0] : [error, 0, 1] }
    return [error, 1 - sums[2] / variation, (sums[2] / variation).squareRoot()]
  }
}
