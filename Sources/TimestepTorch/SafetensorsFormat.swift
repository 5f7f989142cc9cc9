import Foundation

/// A file that is not a whole, valid safetensors file, or cannot be read or written.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable {
  /// What kind of trouble it is, so that a program can choose its exit code.
  public enum Kind: Sendable { case notFound, badData, cannotCreate, inputOutput }
  /// The kind of trouble.
  public let kind: Kind
  /// The file's path.
  public let file: String
  /// What is wrong.
  public let problem: String

  /// File and problem in one line.
  public var description: String { "\(file): \(problem)" }
}

/// The layout of the safetensors format: eight bytes with the header's length (little-endian), a JSON header
/// that gives each tensor's type, shape and range of bytes, then the bytes without gaps.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: DataType
    let shape: [Int]
    let range: Range<Int>
  }

  var entries: [Entry] = []
  var metadata: [String: String] = [:]

  /// Headers above this size are refused, as in the reference implementation.
  static let sizeLimit = 100_000_000

  /// The key of the free text, which no tensor can have.
  static let metadataName = "__metadata__"

  static let typeNames: [(DataType, String)] = [
    (.uint8, "U8"), (.int32, "I32"), (.int64, "I64"), (.float32, "F32"), (.float64, "F64"),
    (.bool, "BOOL"), (.bfloat16, "BF16"),
  ]

  /// Reads and checks a header whose tensors' bytes fill exactly `dataSize` bytes; throws a message.
  init(json: Data, dataSize: Int) throws(Problem) {
    guard json.first == UInt8(ascii: "{") else {
      throw Problem("the header does not begin with '{': not a safetensors file")
    }
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: json)
    } catch {
      throw error as? Problem ?? Problem("the header is not valid JSON")
    }
    metadata = document.metadata
    for (name, fields) in document.tensors { entries.append(try Self.entry(name, fields)) }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name)
        < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw Problem("tensor '\(entry.name)' begins at byte \(entry.range.lowerBound), not \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw Problem(
        end > dataSize
          ? "the file is cut short: its tensors need \(end) bytes, it has \(dataSize)"
          : "the file has \(dataSize - end) bytes more than its tensors")
    }
  }

  init() {}

  /// Why a header is refused.
  struct Problem: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  /// The header as JSON: the decoder takes whole numbers only, neither fractions nor truth values.
  private struct Document: Decodable {
    struct Fields: Decodable {
      let dtype: String
      let shape: [Int]
      let offsets: [Int]
      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
      }
    }
    struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    var metadata: [String: String] = [:]
    var tensors: [String: Fields] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for key in container.allKeys {
        let name = key.stringValue
        if name == SafetensorsHeader.metadataName {
          guard let pairs = try? container.decode([String: String].self, forKey: key) else {
            throw Problem("'\(name)' must map text to text")
          }
          metadata = pairs
        } else {
          guard let fields = try? container.decode(Fields.self, forKey: key) else {
            throw Problem("tensor '\(name)' needs 'dtype', 'shape' and two 'data_offsets'")
          }
          tensors[name] = fields
        }
      }
    }
  }

  private static func entry(_ name: String, _ fields: Document.Fields) throws(Problem) -> Entry {
    let (typeName, shape, offsets) = (fields.dtype, fields.shape, fields.offsets)
    guard offsets.count == 2 else {
      throw Problem("tensor '\(name)' has \(offsets.count) 'data_offsets', not two")
    }
    guard let type = typeNames.first(where: { $0.1 == typeName })?.0 else {
      throw Problem("tensor '\(name)' has the unsupported type '\(typeName)'")
    }
    guard shape.allSatisfy({ $0 >= 0 }), 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw Problem("tensor '\(name)' has a negative length or offset")
    }
    guard let count = Tensor.product(shape), let size = Tensor.product([count, type.byteCount]),
      size == offsets[1] - offsets[0]
    else {
      throw Problem(
        "tensor '\(name)' of shape \(shape) does not fill its \(offsets[1] - offsets[0]) bytes")
    }
    return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
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
      let type = Self.typeNames.first { $0.0 == entry.type }?.1 ?? ""
      let shape = entry.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(try quoted(entry.name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
    }
    var bytes = Data("{\(parts.joined(separator: ","))}".utf8)
    bytes.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - bytes.count % 8) % 8))
    return bytes
  }
}
