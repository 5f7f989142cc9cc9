import Foundation

/// A file that is not a whole, valid safetensors file, or cannot be read or written.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable {
  /// What kind of trouble it is, so that a program can choose its exit code.
  public enum Kind: Sendable { case notFound, badData, cannotCreate, inputOutput }
  /// The kind of trouble.
  public let kind: Kind
  /// The file's path.
  public let file: String
  /// The tensor that it concerns; nil for the whole file.
  public let tensor: String?
  /// The byte of the file at which it was found; nil where no byte is to blame.
  public let offset: Int?
  /// What is wrong.
  public let problem: String

  init(
    kind: Kind, file: String, tensor: String? = nil, offset: Int? = nil, problem: String
  ) {
    self.kind = kind
    self.file = file
    self.tensor = tensor
    self.offset = offset
    self.problem = problem
  }

  /// File, problem and place in one line.
  public var description: String {
    "\(file): \(problem)" + (offset.map { $0 > 0 ? " (at byte \($0))" : "" } ?? "")
  }
}

/// The layout of the safetensors format: eight bytes with the header's length (little-endian), a JSON header
/// that gives each tensor's type, shape and range of bytes, then the bytes without gaps.
struct SafetensorsHeader {
  var entries: [SafetensorsFile.Entry] = []
  var metadata: [String: String] = [:]

  /// Headers above this size are refused, as in the reference implementation.
  static let sizeLimit = 100_000_000

  /// The key of the free text, which no tensor can have.
  static let metadataName = "__metadata__"

  /// The largest number of axes that libtorch's loops over elements take.
  static let axisLimit = 64

  static let typeNames: [(DataType, String)] = [
    (.uint8, "U8"), (.int32, "I32"), (.int64, "I64"), (.float32, "F32"), (.float64, "F64"),
    (.bool, "BOOL"), (.bfloat16, "BF16"),
  ]

  init() {}

  /// Why a header is refused.
  struct Problem: Error {
    let text: String
    /// The tensor that it concerns.
    let tensor: String?
    /// The byte of the header, or one after it.
    let offset: Int
  }

  /// Reads and checks a header whose tensors' bytes fill exactly `dataSize` bytes.
  init(json: UnsafeRawBufferPointer, dataSize: Int) throws(Problem) {
    guard json.first == UInt8(ascii: "{") else {
      throw Problem(
        text: "the header does not begin with '{': not a safetensors file", tensor: nil, offset: 0)
    }
    var scanner = HeaderScanner(json)
    (entries, metadata) = try scanner.header()
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name)
        < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        throw Problem(
          text: "tensor '\(entry.name)' begins at byte \(entry.bytes.lowerBound) of the tensors, "
            + "the one before ends at \(end)",
          tensor: entry.name, offset: json.count + end)
      }
      end = entry.bytes.upperBound
    }
    guard end == dataSize else {
      throw Problem(
        text: end > dataSize
          ? "the file is cut short: its tensors need \(end) bytes, it has \(dataSize)"
          : "the file has \(dataSize - end) bytes more than its tensors",
        tensor: end > dataSize ? entries.last?.name : nil, offset: json.count + min(end, dataSize))
    }
  }

  /// The header's bytes, keys in a fixed order, padded with spaces to a multiple of eight.
  func encoded() throws -> Data {
    func quoted(_ text: String) throws -> String {
      String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = try metadata.sorted { $0.key < $1.key }
        .map { "\(try quoted($0.key)):\(try quoted($0.value))" }
      parts.append("\"\(Self.metadataName)\":{\(pairs.joined(separator: ","))}")
    }
    for entry in entries {
      let type = Self.typeNames.first { $0.0 == entry.dataType }?.1 ?? ""
      let shape = entry.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(try quoted(entry.name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.bytes.lowerBound),\(entry.bytes.upperBound)]}")
    }
    var bytes = Data("{\(parts.joined(separator: ","))}".utf8)
    bytes.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - bytes.count % 8) % 8))
    return bytes
  }
}
