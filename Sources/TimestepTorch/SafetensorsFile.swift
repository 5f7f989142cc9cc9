import Foundation

/// A safetensors file, checked when it is opened and mapped into memory: a tensor's bytes are read when it is asked for.
///
/// ```swift
/// let file = try SafetensorsFile(url)
/// for entry in file.entries { print(entry.name, entry.shape, entry.dataType) }
/// let weight = try file.tensor(named: "conv1.weight")
/// ```
///
/// Opening takes memory for the header alone, whatever the file's size. Whoever shortens the file while it is open
/// ends the process, as with every mapped file; the project's own files are never shortened but replaced.
public final class SafetensorsFile: Sendable {
  /// A tensor of the file.
  public struct Entry: Sendable {
    /// Its name.
    public let name: String
    /// The type of its elements.
    public let dataType: DataType
    /// Its shape; a scalar's is empty.
    public let shape: [Int]
    /// The place of its bytes after the header.
    package let bytes: Range<Int>
  }

  /// The file's path.
  public let path: String
  /// The tensors in the order of their bytes.
  public let entries: [Entry]
  /// Free text beside the tensors.
  public let metadata: [String: String]
  private let file: RegularFile
  private let mapping: RegularFile.Mapping
  /// Where the tensors' bytes begin.
  private let start: Int

  /// Opens and checks a file; throws ``SafetensorsError`` unless its header is valid and fits its length.
  public init(_ file: URL) throws {
    path = file.path
    do {
      self.file = try RegularFile(path)
      mapping = try self.file.mapped()
    } catch {
      switch error {
      case .missing:
        throw SafetensorsError(kind: .notFound, file: file.path, problem: "\(error)")
      case .notRegular:
        throw SafetensorsError(
          kind: .badData, file: file.path, problem: "\(error), not a safetensors file")
      case .unreadable:
        throw SafetensorsError(kind: .inputOutput, file: file.path, problem: "\(error)")
      }
    }
    let bytes = mapping.bytes
    func bad(_ problem: String, _ offset: Int = 0) -> SafetensorsError {
      SafetensorsError(kind: .badData, file: file.path, offset: offset, problem: problem)
    }
    guard bytes.count >= 8 else {
      throw bad("is cut short: \(bytes.count) bytes, a header needs at least 8")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(SafetensorsHeader.sizeLimit) else {
      throw bad("names a header of \(length) bytes: not a safetensors file")
    }
    start = 8 + Int(length)
    guard start <= bytes.count else {
      throw bad("is cut short: its header needs \(length) bytes, \(bytes.count - 8) are there")
    }
    do {
      let header = try SafetensorsHeader(
        json: UnsafeRawBufferPointer(rebasing: bytes[8..<start]), dataSize: bytes.count - start)
      entries = header.entries
      metadata = header.metadata
    } catch {
      throw SafetensorsError(
        kind: .badData, file: path, tensor: error.tensor, offset: 8 + error.offset,
        problem: error.text)
    }
  }

  /// The tensor of a name; nil where there is none.
  public func tensor(named name: String) throws -> Tensor? {
    try entries.first { $0.name == name }.map(tensor)
  }

  /// Reads one of the file's ``entries``.
  public func tensor(_ entry: Entry) throws -> Tensor {
    let range = start + entry.bytes.lowerBound..<start + entry.bytes.upperBound
    guard file.isWhole, range.upperBound <= mapping.bytes.count else {
      throw SafetensorsError(
        kind: .inputOutput, file: path, tensor: entry.name, offset: range.lowerBound,
        problem: "was changed while it was read")
    }
    let source = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
    // Any other byte is no truth value, and reading it as one is undefined.
    if entry.dataType == .bool, let place = source.firstIndex(where: { $0 > 1 }) {
      throw SafetensorsError(
        kind: .badData, file: path, tensor: entry.name, offset: range.lowerBound + place,
        problem: "tensor '\(entry.name)' of truth values holds other bytes than 0 and 1")
    }
    let tensor = try Tensor.empty(entry.shape, entry.dataType)
    try tensor.withMutableBytes { $0.copyMemory(from: source) }
    return tensor
  }
}
