import Foundation
import TimestepData
import TimestepLayers
import TimestepTorch

/// Writes what two equal trainings have in common, byte by byte, as CSV: `step,name,fingerprint`.
///
/// After each step the loss, the norm of the gradient, and the SHA-256 of every parameter, buffer and tensor of the
/// optimiser in the order of the network; after each epoch what was measured. Numbers have all their digits.
public final class FingerprintFile: TrainingObserver {
  private let parameters: ParameterStore
  private let optimizer: any Optimizer
  private let file: AppendedFile

  /// Creates the file.
  public init(_ url: URL, of parameters: ParameterStore, _ optimizer: any Optimizer) throws {
    self.parameters = parameters
    self.optimizer = optimizer
    file = try AppendedFile(url, keeping: 0) { _ in 0 }
  }

  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .began: try write([], header: "step,name,fingerprint\n")
    case .step(let record):
      let tensors =
        parameters.all.map { ($0.path, $0.value) }
        + optimizer.state.map { ("optimizer/\($0.name)", $0.tensor) }
      let numbers = [("loss", "\(record.loss)"), ("gradient norm", "\(record.gradientNorm)")]
      let hashes = try withoutGradients {
        try tensors.map { ($0.0, try Self.hash($0.1)) }
      }
      try write((numbers + hashes).map { (record.step, $0.0, $0.1) })
    case .epoch(let record):
      let values =
        [("train loss", record.trainLoss), ("test loss", record.test.loss)]
        + zip(record.test.metrics, record.test.values).map { ("test \($0.name)", $1) }
      try write(values.map { (record.step, $0.0, "\($0.1)") })
    default: break
    }
  }

  private func write(_ rows: [(Int, String, String)], header: String = "") throws {
    let text = rows.map { "\($0.0),\($0.1),\($0.2)\n" }.joined()
    try file.append(Data((header + text).utf8))
  }

  /// The SHA-256 of a tensor's elements in row-major order.
  private static func hash(_ tensor: Tensor) throws -> String {
    let elements = try tensor.moved(to: .cpu)
    var hash = SHA256()
    switch try elements.dataType {
    case .float32: try hash.update(elements.scalars(Float.self).withUnsafeBytes { Data($0) })
    default:
      try hash.update(
        elements.cast(to: .float64).scalars(Double.self).withUnsafeBytes { Data($0) })
    }
    return hash.hexadecimal()
  }
}
