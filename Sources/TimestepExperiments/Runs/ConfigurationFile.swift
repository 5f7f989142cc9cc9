import Foundation
import TimeStepping
import Yams

/// A configuration in YAML: one `option: value` per line.
public enum ConfigurationFile {
  /// Reads the choices of a file; unknown keys and values of the wrong kind are refused by name.
  public static func read(_ file: URL) throws -> RunOptions {
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw RunError(.notFound, "\(file.path): there is no such configuration file")
    }
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw RunError(.configuration, "\(file.path): cannot be read as UTF-8 text")
    }
    return try parse(text, from: file.path)
  }

  /// Parses YAML; `name` stands in error messages.
  public static func parse(_ text: String, from name: String) throws -> RunOptions {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw RunError(.configuration, "\(name): is not valid YAML: \(error)")
    }
    guard let node, !(node.null != nil) else { return RunOptions() }
    guard let mapping = node.mapping else {
      throw RunError(
        .configuration, "\(name): expected lines of the form 'option: value', e.g. 'epochs: 2'")
    }
    let known = RunOptions.CodingKeys.allCases.map(\.rawValue)
    for (key, _) in mapping where !known.contains(key.string ?? "") {
      let unknown = UnknownNameError(kind: "option", name: key.string ?? "?", known: known)
      throw RunError(.configuration, "\(name): \(unknown)")
    }
    do {
      return try YAMLDecoder().decode(RunOptions.self, from: node)
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
      scalar.style = .any
      return .scalar(scalar)
    default:
      return node
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
    return "option '\(key)': \(kind)"
  }

  private static func plain(_ type: Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "text"
    default: "a list such as [16, 32, 64]"
    }
  }
}
