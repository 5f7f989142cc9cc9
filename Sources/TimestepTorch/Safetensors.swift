import Foundation

/// Named tensors in a file of the safetensors format, exchangeable with Python's `safetensors`.
public struct Safetensors: Sendable {
  /// The tensors in the order in which they were given or stand in the file.
  public var tensors: [(name: String, tensor: Tensor)]
  /// Free text beside the tensors; what is unknown is kept when a file is read and written again.
  public var metadata: [String: String]

  /// Creates a collection; names must differ.
  public init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of the given name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// Reads a whole file; throws ``SafetensorsError`` unless it is complete and valid.
  ///
  /// ``SafetensorsFile`` reads one tensor at a time.
  public init(contentsOf file: URL) throws {
    let file = try SafetensorsFile(file)
    metadata = file.metadata
    tensors = try file.entries.map { ($0.name, try file.tensor($0)) }
  }

  /// Writes the file whole or not at all: to a temporary name beside it, flushed, then renamed.
  public func write(to file: URL) throws {
    let encoded = try encoded(for: file.path)
    try AtomicFile.write(to: file, encoded)
  }

  /// Checks and lays out the tensors for a file of this name: those with the longest elements first, so that every
  /// element stands at a multiple of its length.
  ///
  /// - Returns: what gives the file's bytes, part by part, to a function that appends them.
  package func encoded(for name: String) throws -> ((Data) throws -> Void) throws -> Void {
    func bad(_ problem: String, _ tensor: String? = nil) -> SafetensorsError {
      SafetensorsError(kind: .badData, file: name, tensor: tensor, problem: problem)
    }
    var header = SafetensorsHeader()
    header.metadata = metadata
    var offset = 0
    var seen: Set<String> = []
    var plain: [(name: String, tensor: Tensor, type: DataType)] = []
    for (title, tensor) in tensors {
      guard seen.insert(title).inserted else {
        throw bad("two tensors are called '\(title)'", title)
      }
      guard title != SafetensorsHeader.metadataName else {
        throw bad("a tensor cannot be called '\(title)'", title)
      }
      let tensor = try tensor.detached().moved(to: .cpu).contiguous()
      let type = try tensor.dataType
      guard SafetensorsHeader.typeNames.contains(where: { $0.0 == type }) else {
        throw bad("'\(title)': the format has no type \(type)", title)
      }
      plain.append((title, tensor, type))
    }
    plain = plain.enumerated().sorted {
      ($1.element.type.byteCount, $0.offset) < ($0.element.type.byteCount, $1.offset)
    }.map(\.element)
    for (title, tensor, type) in plain {
      let end = offset + tensor.count * type.byteCount
      header.entries.append(
        .init(name: title, dataType: type, shape: tensor.shape, bytes: offset..<end))
      offset = end
    }
    let json = try header.encoded()
    guard json.count <= SafetensorsHeader.sizeLimit else {
      throw bad("its header would have \(json.count) bytes, more than the format allows")
    }
    let ordered = plain.map(\.tensor)
    return { sink in
      try sink(Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }))
      try sink(json)
      for tensor in ordered {
        try tensor.withMutableBytes { bytes in try sink(Data(bytes)) }
      }
    }
  }
}
