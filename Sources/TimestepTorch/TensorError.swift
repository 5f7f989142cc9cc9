/// A failed tensor operation: which one, on what, and libtorch's own message.
public struct TensorError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The operation's name, e.g. `convolution2D`.
  public let operation: String
  /// What it was applied to, e.g. `float32 [8, 3, 32, 32]`.
  public let operands: [String]
  /// Why it failed.
  public let message: String

  /// Creates an error from its parts.
  public init(operation: String, operands: [String] = [], message: String) {
    self.operation = operation
    self.operands = operands
    self.message = message
  }

  /// Whether there was not enough memory.
  public var isOutOfMemory: Bool {
    message.contains("can't allocate memory") || message.contains("out of memory")
  }

  /// One line: operation, operands, message.
  public var description: String {
    let arguments = operands.isEmpty ? "" : "(" + operands.joined(separator: ", ") + ")"
    return "\(operation)\(arguments): \(message)"
  }
}
