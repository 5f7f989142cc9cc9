import TimestepDiagnostics
import TimestepTorch

/// Random tensors.
enum Drawn {
  /// Normal numbers in float64.
  static func normal(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(tensor)
    return tensor
  }
}

extension DiagnosticTable {
  /// How many rows say no in a column of yes and no, and how many say anything.
  func refusals(_ column: String) -> (no: Int, all: Int) {
    let flags = self[column].filter { $0 != .missing }
    return (flags.filter { $0 == .flag(false) }.count, flags.count)
  }
}

extension DiagnosticResult {
  /// The table of a name.
  func table(_ name: String) -> DiagnosticTable? { tables.first { $0.name == name } }
}
