import Foundation
import TimestepTorch

/// Results of PyTorch, stored whole or in the compact form that `Tests/Golden/common.py` describes.
///
/// The files lie beside the tests; `TIMESTEP_GOLDEN_FULL` names a folder of files written with `--full`
/// to be compared element by element instead.
struct GoldenFile {
  let metadata: [String: String]
  private let tensors: [String: Tensor]

  init(_ name: String) throws {
    let full = ProcessInfo.processInfo.environment["TIMESTEP_GOLDEN_FULL"]
    let folder =
      full.map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden")
    let file = try Safetensors(
      contentsOf: folder.appendingPathComponent("\(name).safetensors"))
    metadata = file.metadata
    tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.tensor) })
  }

  /// The names of the tensors stored under a prefix, whole or compact, without the prefix.
  func names(under prefix: String) -> Set<String> {
    Set(
      tensors.keys.filter { $0.hasPrefix(prefix) }.map {
        String($0.dropFirst(prefix.count).prefix { $0 != "#" })
      })
  }

  /// A number of the metadata.
  func number(_ key: String) throws -> Double {
    guard let value = metadata[key].flatMap(Double.init) else {
      throw GoldenError(key: key, problem: "the metadata have no such number")
    }
    return value
  }

  /// The largest relative difference to a stored tensor: to its largest element, of a sketch to the norm.
  ///
  /// - Parameter floor: what a smaller scale counts as.
  func relativeError(_ key: String, of tensor: Tensor, floor: Double = 0) throws -> Double {
    let values = try tensor.scalars(Double.self)
    if let whole = tensors[key] {
      guard whole.shape == tensor.shape else {
        throw GoldenError(key: key, problem: "has shape \(whole.shape), not \(tensor.shape)")
      }
      return try Self.relativeError(values, whole.scalars(Double.self), floor)
    }
    guard let entries = try tensors["\(key)#entries"]?.scalars(Double.self),
      let sketch = try tensors["\(key)#sketch"]?.scalars(Double.self),
      let exactNorm = try tensors["\(key)#norm"]?.scalar()
    else { throw GoldenError(key: key, problem: "is not in the file") }
    let norm = max(exactNorm, floor)
    let chosen = entries.indices.map { values[$0 * values.count / entries.count] }
    let sums = Self.sketch(values, count: sketch.count)
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let sketchError = zip(sums, sketch).map { abs($0 - $1) }.max() ?? .infinity
    return max(
      Self.relativeError(chosen, entries, floor), sketchError / norm,
      abs(length - exactNorm) / norm)
  }

  /// The largest difference to a stored tensor.
  func absoluteError(_ key: String, of tensor: Tensor) throws -> Double {
    guard let whole = tensors[key], whole.shape == tensor.shape else {
      throw GoldenError(key: key, problem: "is not stored whole with shape \(tensor.shape)")
    }
    return try Self.difference(tensor.scalars(Double.self), whole.scalars(Double.self))
  }

  /// Sums with signs that depend on the place.
  private static func sketch(_ values: [Double], count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for (index, value) in values.enumerated() {
      let signs = GoldenValues.finalise(UInt64(index + 1))
      for k in 0..<count { sums[k] += (signs >> UInt64(k)) & 1 == 1 ? value : -value }
    }
    return sums
  }

  private static func difference(_ values: [Double], _ expected: [Double]) -> Double {
    // A comparison with NaN would pass unseen through max().
    zip(values, expected).reduce(0) { worst, pair in
      let difference = abs(pair.0 - pair.1)
      return difference <= worst ? worst : (difference.isNaN ? .infinity : difference)
    }
  }

  private static func relativeError(
    _ values: [Double], _ expected: [Double], _ floor: Double
  ) -> Double {
    let difference = difference(values, expected)
    return difference == 0 ? 0 : difference / max(expected.map(abs).max() ?? 0, floor)
  }
}

/// A golden file that does not hold what a test looks for.
struct GoldenError: Error, CustomStringConvertible {
  let key: String
  let problem: String
  var description: String { "golden '\(key)': \(problem)" }
}
