import Foundation
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// What norm-preserving projections cost beside a training step.
///
/// ```
/// overhead = t_projection / (m t_step),   m steps from one projection to the next
/// ```
///
/// Both times are medians of repetitions after one that is not counted; a step is forward and backward pass and the
/// optimiser's change of the parameters, without data. Source: Zaeemzadeh et al. (2020), section 4, overhead.
public struct ProjectionTime: Sendable, Hashable {
  /// Seconds of a training step without a projection.
  public var step: Double
  /// Seconds of one projection of all projected kernels, by method.
  public var projections: [ProcrustesProjection.Method: Double]

  /// The time of projections over that of the steps between them.
  public func overhead(_ method: ProcrustesProjection.Method, every interval: Int) -> Double {
    (projections[method] ?? .nan) / (Double(interval) * step)
  }

  /// Measures a network on random examples.
  ///
  /// - Parameters:
  ///   - name: a network with norm-preserving transitions, such as `procresnet-166`.
  ///   - batch: examples of a step.
  ///   - repetitions: measured steps, and measured projections.
  public init(
    _ name: String, widths: [Int]? = nil, task: NetworkTask, batch: Int, repetitions: Int,
    seed: UInt64 = 0
  ) throws {
    var options = NetworkOptions()
    options.widths = widths
    projections = [:]
    step = 0
    for method in ProcrustesProjection.Method.allCases {
      options.transition = "norm-preserving:every=1,method=\(method.rawValue)"
      let network = try NetworkCatalog.make(name, options, task: task, seed: seed)
      projections[method] = try Self.median(5 * max(repetitions, 3)) {
        for constraint in network.constraints { try constraint.apply(afterStep: 1) }
      }
      guard method == .newtonSchulz else { continue }
      let inputs = try Tensor.empty([batch] + task.inputShape, .float32)
      try Generator(seed: seed).fillNormal(inputs)
      let labels = try Tensor((0..<batch).map { Int64($0 % max(task.outputs, 1)) })
      let optimizer = try SGD(
        network.parameters.trainable, momentum: 0.9,
        weightDecay: 1e-4)
      step = try Self.median(repetitions) {
        try optimizer.clearGradients()
        try network(inputs, .training).crossEntropy(labels).backward()
        try optimizer.step(rate: 1e-3)
      }
    }
  }

  /// The median of repetitions of a closure, in seconds, after one that is not counted.
  public static func median(_ repetitions: Int, _ body: () throws -> Void) throws -> Double {
    try body()
    let seconds = try (0..<max(repetitions, 1)).map { _ in
      let start = ContinuousClock.now
      try body()
      return (ContinuousClock.now - start) / Duration.seconds(1)
    }.sorted()
    let middle = seconds.count / 2
    return seconds.count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2
  }
}
