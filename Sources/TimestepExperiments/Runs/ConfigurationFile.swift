import Foundation
import TimeStepping
import TimestepTorch
import Yams

/// A configuration in YAML: one `option: value` per line.
public enum ConfigurationFile {
  /// Reads the choices of a file; unknown keys and values of the wrong kind are refused by name.
  public static func read(_ file: URL) throws -> RunOptions {
    try parse(text(of: file), from: file.path)
  }

  /// The text of a file of a size that a configuration can have.
  static func text(of file: URL) throws -> String {
    let data: Data?
    do {
      data = try RegularFile.contents(of: file.path, limit: sizeLimit)
    } catch RegularFile.Failure.missing {
      throw RunError(.notFound, "\(file.path): there is no such configuration file")
    } catch {
      throw RunError(.configuration, "\(file.path): \(error)")
    }
    guard let data else {
      throw RunError(
        .configuration, "\(file.path): has more than \(sizeLimit) bytes: not a configuration file")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw RunError(.configuration, "\(file.path): cannot be read as UTF-8 text")
    }
    return text
  }

  /// More than any configuration takes, also with a thousand names of classes.
  private static let sizeLimit = 1 << 20

  /// As many aliases (`*name`) as may stand in a file: those of a few lists in each other stand for billions of values.
  private static let aliasLimit = 8

  /// At most how many aliases a text has: its stars that begin a value, quoted text included.
  private static func aliasCount(_ text: String) -> Int {
    var count = 0
    var last = UInt8(ascii: "\n")  // The last byte that is no space.
    for byte in text.utf8 where byte != 0x20 && byte != 0x09 {
      if byte == UInt8(ascii: "*"), "\n\r:-,[{?".utf8.contains(last) { count += 1 }
      last = byte
    }
    return count
  }

  /// Parses YAML; `name` stands in error messages.
  public static func parse(_ text: String, from name: String) throws -> RunOptions {
    try mapping(text, from: name).map { try options($0, from: name) } ?? RunOptions()
  }

  /// The lines of a file; nil where there are none.
  static func mapping(_ text: String, from name: String) throws -> Node.Mapping? {
    guard aliasCount(text) <= aliasLimit else {
      throw RunError(
        .configuration, "\(name): has more than \(aliasLimit) aliases (*name); write values out")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw RunError(.configuration, "\(name): is not valid YAML: \(explain(error))")
    }
    guard let node, !(node.null != nil) else { return nil }
    guard let mapping = node.mapping else {
      throw RunError(
        .configuration, "\(name): expected lines of the form 'option: value', e.g. 'epochs: 2'")
    }
    for (key, _) in mapping {
      guard key.string == nil else { continue }
      throw RunError(.configuration, "\(name): an option's name must be a word, e.g. 'epochs: 2'")
    }
    return mapping
  }

  /// The choices of some lines.
  static func options(_ mapping: Node.Mapping, from name: String) throws -> RunOptions {
    let known = RunOptions.CodingKeys.allCases.map(\.rawValue)
    for (key, _) in mapping where !known.contains(key.string ?? "") {
      let unknown = UnknownNameError(kind: "option", name: key.string ?? "?", known: known)
      throw RunError(.configuration, "\(name): \(unknown)")
    }
    do {
      return try YAMLDecoder().decode(RunOptions.self, from: .mapping(mapping))
    } catch let error as DecodingError {
      throw RunError(.configuration, "\(name): \(explain(error))")
    }
  }

  /// The configuration as YAML, keys in alphabetical order.
  ///
  /// JSON is YAML with shorter numbers than Yams writes (`0.1`, not `1e-1`), so it is written as JSON first.
  public static func text(_ options: RunOptions) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(options), as: UTF8.self)
    guard let node = try Yams.compose(yaml: json) else { return "" }
    return try Yams.serialize(node: plain(node), sortKeys: true)
  }

  /// The node with one line per option and without quotes where none are needed.
  private static func plain(_ node: Node) -> Node {
    switch node {
    case .mapping(var mapping):
      for (key, value) in mapping { mapping[key] = plain(value) }
      let pairs = mapping.map { (plain($0.key), $0.value) }
      return .mapping(Node.Mapping(pairs, mapping.tag, .block))
    case .scalar(var scalar):
      // Text such as ~ or 007 would read back as nothing or as a number.
      let bare = Node.scalar(Node.Scalar(scalar.string))
      if Resolver.default.resolveTag(of: bare) == .str { scalar.style = .any }
      return .scalar(scalar)
    case .sequence(var sequence):
      sequence.style = .flow
      return .sequence(sequence)
    default:
      return node
    }
  }

  /// What is wrong and where, in one line without the text around it.
  private static func explain(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "\(problem) (line \(mark.line), column \(mark.column))"
    case .duplicatedKeysInMapping(let duplicates, _):
      "more than one line for \(duplicates.sorted().joined(separator: ", "))"
    default:
      "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    let (context, kind): (DecodingError.Context, String) =
      switch error {
      case .typeMismatch(let type, let context): (context, "expected \(plain(type))")
      case .valueNotFound(let type, let context): (context, "expected \(plain(type))")
      case .dataCorrupted(let context): (context, context.debugDescription)
      case .keyNotFound(_, let context): (context, context.debugDescription)
      @unknown default: (.init(codingPath: [], debugDescription: ""), "\(error)")
      }
    let key = context.codingPath.first?.stringValue ?? "the file"
    let isList = ["widths", "drop-at"].contains(key)
    let expected =
      isList && context.codingPath.count == 1 ? "expected a list such as [16, 32, 64]" : kind
    return "option '\(key)': \(expected)"
  }

  private static func plain(_ type: Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "text"
    default: "a single value"
    }
  }
}
