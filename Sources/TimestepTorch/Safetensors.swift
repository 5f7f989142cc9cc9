import Foundation

/// Named tensors in a file of the safetensors format, exchangeable with Python's `safetensors`.
public struct Safetensors: Sendable {
  /// The tensors in the order in which they are written.
  public var tensors: [(name: String, tensor: Tensor)]
  /// Free text beside the tensors.
  public var metadata: [String: String]

  /// Creates a collection; names must differ.
  public init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of the given name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// Reads a whole file; throws ``SafetensorsError`` unless it is complete and valid.
  public init(contentsOf file: URL) throws {
    let path = file.path
    func bad(_ problem: String) -> SafetensorsError {
      SafetensorsError(kind: .badData, file: path, problem: problem)
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw SafetensorsError(kind: .notFound, file: path, problem: "there is no such file")
    }
    if isDirectory.boolValue { throw bad("is a directory, not a safetensors file") }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: file, options: .mappedIfSafe)
    } catch {
      throw SafetensorsError(
        kind: .inputOutput, file: path, problem: "cannot be read: \(error.localizedDescription)")
    }
    guard bytes.count >= 8 else {
      throw bad("is cut short: \(bytes.count) bytes, a header needs at least 8")
    }
    let length = bytes.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << UInt64(8 * $1.offset)
    }
    guard length <= UInt64(SafetensorsHeader.sizeLimit) else {
      throw bad("names a header of \(length) bytes: not a safetensors file")
    }
    let start = 8 + Int(length)
    guard start <= bytes.count else {
      throw bad("is cut short: its header needs \(length) bytes, \(bytes.count - 8) are there")
    }
    let header: SafetensorsHeader
    do {
      header = try SafetensorsHeader(
        json: bytes.subdata(in: 8..<start), dataSize: bytes.count - start)
    } catch {
      throw bad(error.text)
    }
    metadata = header.metadata
    tensors = try header.entries.map { entry in
      let tensor = try Tensor.empty(entry.shape, entry.type)
      try tensor.withMutableBytes { target in
        bytes.withUnsafeBytes { source in
          let range = start + entry.range.lowerBound..<start + entry.range.upperBound
          target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
        }
        // Any other byte is no truth value, and reading it as one is undefined.
        if entry.type == .bool, !target.allSatisfy({ $0 <= 1 }) {
          throw bad("tensor '\(entry.name)' of truth values holds other bytes than 0 and 1")
        }
      }
      return (entry.name, tensor)
    }
  }

  /// Writes the file whole or not at all: to a temporary name beside it, flushed, then renamed.
  public func write(to file: URL) throws {
    let encoded = try encoded(for: file.path)
    try AtomicFile.write(to: file, encoded)
  }

  /// Checks and lays out the tensors for a file of this name.
  ///
  /// - Returns: what gives the file's bytes, part by part, to a function that appends them.
  package func encoded(for name: String) throws -> ((Data) throws -> Void) throws -> Void {
    var header = SafetensorsHeader()
    header.metadata = metadata
    var offset = 0
    var seen: Set<String> = []
    let plain = try tensors.map { title, tensor in
      guard seen.insert(title).inserted else {
        throw SafetensorsError(
          kind: .badData, file: name, problem: "two tensors are called '\(title)'")
      }
      guard title != SafetensorsHeader.metadataName else {
        throw SafetensorsError(
          kind: .badData, file: name, problem: "a tensor cannot be called '\(title)'")
      }
      let tensor = try tensor.detached().moved(to: .cpu).contiguous()
      let type = try tensor.dataType
      guard SafetensorsHeader.typeNames.contains(where: { $0.0 == type }) else {
        throw SafetensorsError(
          kind: .badData, file: name, problem: "'\(title)': the format has no type \(type)")
      }
      let end = offset + tensor.count * type.byteCount
      header.entries.append(
        .init(name: title, type: type, shape: tensor.shape, range: offset..<end))
      offset = end
      return tensor
    }
    let json = try header.encoded()
    return { sink in
      try sink(Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }))
      try sink(json)
      for tensor in plain {
        try tensor.withMutableBytes { bytes in try sink(Data(bytes)) }
      }
    }
  }
}
