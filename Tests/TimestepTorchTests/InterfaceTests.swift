import Foundation
import Testing
import TimestepTorch

/// Holds the three sides of the engine against each other: header, C++ and Swift.
@Suite struct InterfaceTests {
  private let headers: String
  private let implementation: String
  private let swift: String

  init() throws {
    headers = try Self.code("Sources/CTimestepTorch/include", "h")
    implementation = try Self.code("Sources/CTimestepTorch", "cpp")
    swift = try Self.code("Sources/TimestepTorch", "swift")
  }

  @Test func everyFunctionIsDeclaredOnceAndDefinedOnceWithTheSameTypes() {
    let declared = Self.functions(headers, endingWith: ";")
    let defined = Self.functions(implementation, endingWith: "{")
    #expect(declared.count > 80)
    for (name, signatures) in declared {
      #expect(signatures.count == 1, "\(name) is declared \(signatures.count) times")
      #expect(defined[name] == signatures, "\(name)")
    }
    for name in defined.keys { #expect(declared[name] != nil, "\(name) is in no header") }
  }

  @Test func everyFunctionIsUsedInSwift() {
    let used = Set(Self.tokens(swift).filter { $0.lowercased().hasPrefix("tst_") })
    let functions = Set(Self.functions(headers, endingWith: ";").keys)
    #expect(functions.subtracting(used).sorted() == [], "declared, but used nowhere in Swift")
    let declared = Set(Self.tokens(headers))
    #expect(used.subtracting(declared).sorted() == [], "used in Swift, but in no header")
  }

  @Test func everyOperationHasItsCaseAndItsSwiftName() {
    let enumerations = Self.enumerations(headers)
    let cases = Set(
      implementation.matches(of: /case\s+(TST_[A-Z0-9_]+)\s*:/).map { String($0.output.1) })
    let used = Set(Self.tokens(swift))
    for type in ["tst_unary_operation", "tst_binary_operation", "tst_reduction"] {
      let enumerators = Set(enumerations[type] ?? [])
      #expect(enumerators.count > 10, "\(type)")
      #expect(enumerators.subtracting(cases).sorted() == [], "without a case, of \(type)")
      #expect(enumerators.subtracting(used).sorted() == [], "not used in Swift, of \(type)")
    }
  }

  @Test func elementTypesHaveOneNumberOnBothSides() {
    var numbers: [String: Int32] = [:]
    for match in headers.matches(of: /(TST_[A-Z0-9]+)\s*=\s*(\d+)/) {
      numbers[String(match.output.1)] = Int32(match.output.2)
    }
    let types = Self.enumerations(headers)["tst_dtype"] ?? []
    #expect(types.count == DataType.allCases.count)
    for name in types {
      let type = numbers[name].flatMap(DataType.init(rawValue:))
      #expect(type?.description.uppercased() == String(name.dropFirst(4)), "\(name)")
    }
  }

  // MARK: - A reader for as much C as the headers use

  /// The files of a folder as one text without comments, preprocessor lines and the content of strings.
  private static func code(_ folder: String, _ ending: String) throws -> String {
    let folder = packageRoot.appendingPathComponent(folder)
    let files = try FileManager.default
      .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == ending }
      .sorted { $0.path < $1.path }
    try #require(!files.isEmpty)
    return try files.map { file in
      try String(contentsOf: file, encoding: .utf8)
        .replacing(/"([^"\\\n]|\\.)*"/, with: "\"\"")
        .replacing(/\/\/[^\n]*/, with: "")
        .replacing(/(?m)^[ \t]*#[^\n]*/, with: "")
    }.joined(separator: "\n")
  }

  private static func tokens(_ text: String) -> [String] {
    text.matches(of: /\w+|[^\w\s]/).map { String($0.output) }
  }

  /// The result and parameter types of every `tst_` function outside braces whose parameters `end` follows.
  private static func functions(_ text: String, endingWith end: String) -> [String: [[String]]] {
    let tokens = tokens(text).filter { $0 != "TST_BEGIN" && $0 != "TST_END" }
    var result: [String: [[String]]] = [:]
    var depth = 0
    var start = 0
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      if token == "{" { depth += 1 }
      if token == "}" { depth -= 1 }
      if depth == 0, token == ";" || token == "}" { start = index + 1 }
      if depth == 0, token.hasPrefix("tst_"), index + 1 < tokens.count, tokens[index + 1] == "(" {
        var close = index + 2
        var level = 1
        while close < tokens.count, level > 0 {
          if tokens[close] == "(" { level += 1 }
          if tokens[close] == ")" { level -= 1 }
          close += 1
        }
        if close < tokens.count, tokens[close] == end {
          var types = (tokens[start..<index] + tokens[(index + 1)..<close]).filter(isType)
          if types.suffix(3) == ["(", "void", ")"] { types.remove(at: types.count - 2) }
          result[token, default: []].append(types)
        }
        index = close
        continue
      }
      index += 1
    }
    return result
  }

  /// Whether a token of a declaration belongs to a type; what does not is a parameter's name.
  private static func isType(_ token: String) -> Bool {
    let words: Set = [
      "bool", "char", "const", "double", "int32_t", "int64_t", "uint64_t", "void", "static",
    ]
    return words.contains(token) || token.hasPrefix("tst_")
      || token.wholeMatch(of: /\w+/) == nil
  }

  /// The names in every `typedef enum : int32_t { ... } name;`.
  private static func enumerations(_ text: String) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for match in text.matches(of: /typedef\s+enum\s*:\s*int32_t\s*\{([^}]*)\}\s*(\w+)\s*;/) {
      result[String(match.output.2)] = match.output.1.matches(of: /TST_[A-Z0-9_]+/)
        .map { String($0.output) }
    }
    return result
  }
}
