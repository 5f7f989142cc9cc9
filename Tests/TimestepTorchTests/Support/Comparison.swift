import Foundation
import Testing
import TimestepTorch

/// The largest difference between two tensors' elements (complex ones as pairs), over the largest of the second.
func relativeDifference(_ a: Tensor, _ b: Tensor) throws -> Double {
  let (a, b) = (try pairs(a), try pairs(b))
  guard a.shape == b.shape else { return .infinity }
  return relativeDifference(try a.scalars(Double.self), try b.scalars(Double.self))
}

/// The largest difference between two lists, over the largest magnitude of the second.
func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  var worst = 0.0
  for (x, y) in zip(a, b) where !(x == y || x.isNaN && y.isNaN) {
    let difference = abs(x - y)
    worst = difference.isNaN ? .infinity : max(worst, difference)
  }
  return worst / max(b.map(abs).filter(\.isFinite).max() ?? 0, Double.leastNormalMagnitude)
}

private func pairs(_ tensor: Tensor) throws -> Tensor {
  let type = try tensor.dataType
  return type == .complex64 || type == .complex128 ? try tensor.realPairs() : tensor
}

/// Expects equal shapes, and elements that differ by at most `tolerance` times the largest of the second.
func expectClose(
  _ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(a.shape == b.shape, comment, sourceLocation: sourceLocation)
  #expect(try relativeDifference(a, b) <= tolerance, comment, sourceLocation: sourceLocation)
}

/// The error of an operation that has to fail.
func tensorError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> TensorError {
  try #require(throws: TensorError.self, sourceLocation: sourceLocation, performing: body)
}

/// The folder that holds Package.swift.
let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// A file of `Tests/TimestepTorchTests/Golden`.
func goldenFile(_ name: String) -> URL {
  packageRoot.appendingPathComponent("Tests/TimestepTorchTests/Golden/\(name)")
}

/// Runs the closure with a folder of its own, which is removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("timestep-torch-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
