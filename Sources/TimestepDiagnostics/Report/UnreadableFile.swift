import Foundation

/// A file of results that cannot be read, and why.
public struct UnreadableFile: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// Why not, and what helps.
  public let problem: String

  /// Notes what became of reading a file; an error that names the file itself is not made to name it twice.
  public init(_ file: URL, _ error: any Error) {
    self.file = file.relativePath
    var text = (error as? DecodingError)?.reason ?? "\(error)"
    for path in [file.path, file.relativePath] where text.hasPrefix("\(path): ") {
      text = String(text.dropFirst(path.count + 2))
    }
    problem = text
  }

  /// File and problem in one line.
  public var description: String { "cannot be read: \(file): \(problem)" }
}

extension DecodingError {
  /// What is wrong with the JSON, in a few words.
  package var reason: String {
    func place(_ context: Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return path.isEmpty ? "" : " in '\(path.joined(separator: "."))'"
    }
    return switch self {
    case .keyNotFound(let key, let context): "has no '\(key.stringValue)'\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "holds another kind of value\(place(context))"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "is no whole JSON" : "\(context.debugDescription)\(place(context))"
    @unknown default: "\(self)"
    }
  }
}
