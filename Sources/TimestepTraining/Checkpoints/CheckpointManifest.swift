import Foundation
import TimestepData
import TimestepTorch

/// What a checkpoint consists of: `manifest.json`, written last.
struct CheckpointManifest: Codable {
  /// A file of the checkpoint.
  struct Entry: Codable, Equatable {
    let bytes: Int
    /// SHA-256 in hexadecimal digits.
    let sha256: String
  }

  static let name = "manifest.json"
  static let currentFormat = 1
  /// More than any list of a checkpoint's few files takes.
  static let sizeLimit = 1 << 20

  var format = currentFormat
  /// The version of libtorch that computed it.
  var libtorch = Torch.version
  /// Every other file by its name.
  var files: [String: Entry] = [:]

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

/// A checkpoint that cannot be used, with the reason.
public struct CheckpointError: Error, CustomStringConvertible, Sendable {
  /// The checkpoint's directory.
  public let checkpoint: URL
  /// What is wrong with it.
  public let problem: String

  /// Directory and problem in one line.
  public var description: String { "\(checkpoint.path): \(problem)" }
}

/// Bytes that are hashed on their way to a file.
struct HashedFile {
  private var hash = SHA256()
  private var bytes = 0

  mutating func append(_ data: Data) {
    hash.update(data)
    bytes += data.count
  }

  func entry() -> CheckpointManifest.Entry {
    .init(bytes: bytes, sha256: hash.hexadecimal())
  }
}
