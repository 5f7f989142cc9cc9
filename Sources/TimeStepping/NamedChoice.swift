/// A member of a catalog with arguments, as in `lm:k=trained,boundary=project`.
///
/// `NAME` or `NAME:KEY=VALUE,KEY=VALUE,...`: the same text on the command line, in configurations
/// and in code. The member that is named says which keys it knows and what they mean.
public struct NamedChoice: Sendable, Hashable, CustomStringConvertible {
  /// What is chosen, such as `scheme`.
  public let kind: String
  /// The member's name.
  public let name: String
  /// The values by key, as they were written.
  public let values: [String: String]

  /// Reads the text of a choice.
  ///
  /// - Throws: ``ArgumentError`` if an argument has no value or is given twice.
  public init(_ kind: String, _ text: String) throws {
    let colon = text.firstIndex(of: ":")
    let name = String(text[..<(colon ?? text.endIndex)])
    var values: [String: String] = [:]
    if let colon {
      let list = text[text.index(after: colon)...]
      for part in list.split(separator: ",", omittingEmptySubsequences: false) {
        guard let equals = part.firstIndex(of: "="), equals != part.startIndex,
          part.index(after: equals) != part.endIndex
        else {
          throw ArgumentError(
            kind, name, "expected KEY=VALUE after '\(name):', separated by commas, not '\(part)'")
        }
        let key = String(part[..<equals])
        guard values[key] == nil else { throw ArgumentError(kind, name, "'\(key)' is given twice") }
        values[key] = String(part[part.index(after: equals)...])
      }
    }
    (self.kind, self.name, self.values) = (kind, name, values)
  }

  /// The choice with a value of one key, which may hold commas.
  public func setting(_ key: String, to value: String) -> NamedChoice {
    NamedChoice(kind: kind, name: name, values: values.merging([key: value]) { $1 })
  }

  private init(kind: String, name: String, values: [String: String]) {
    (self.kind, self.name, self.values) = (kind, name, values)
  }

  /// The text, with the keys in alphabetical order.
  public var description: String {
    let list = values.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    return list.isEmpty ? name : "\(name):\(list.joined(separator: ","))"
  }

  /// Refuses keys other than those described.
  public func check(_ known: [ArgumentDescription]) throws {
    for key in values.keys.sorted() where !known.contains(where: { $0.key == key }) {
      let names = known.map(\.key)
      let question =
        NearestName.nearest(to: key, in: names).map { "; did you mean '\($0)'?" } ?? "."
      let list = names.isEmpty ? "It has none" : "Known: \(names.joined(separator: ", "))"
      throw ArgumentError(kind, name, "unknown argument '\(key)'\(question) \(list)")
    }
  }

  /// What no argument exceeds, so that sums and products of a few are float32 numbers.
  public static let largestNumber = 1e12

  /// The value as a finite number in a range, or nil if it is not given.
  public func number(
    _ key: String,
    in range: ClosedRange<Double> = -largestNumber...largestNumber
  ) throws -> Double? {
    guard let text = values[key] else { return nil }
    guard let value = Double(text), range.contains(value) else {
      let bounds =
        range.upperBound >= Self.largestNumber
        ? (range.lowerBound <= -Self.largestNumber ? "" : ", \(range.lowerBound) or more")
        : " from \(range.lowerBound) to \(range.upperBound)"
      throw ArgumentError(kind, name, "\(key)=\(text): expected a finite number\(bounds)")
    }
    return value
  }

  /// The value as a whole number in a range, or nil if it is not given.
  public func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = values[key] else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw ArgumentError(
        kind, name,
        "\(key)=\(text): expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The value as one of the cases of an enumeration, or nil if it is not given.
  public func option<Value: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Value.Type = Value.self
  ) throws -> Value? where Value.RawValue == String {
    guard let text = values[key] else { return nil }
    guard let value = Value(rawValue: text) else {
      throw ArgumentError(
        kind, name,
        "\(key)=\(text): expected one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  /// The value as yes or no, or nil if it is not given.
  public func flag(_ key: String) throws -> Bool? {
    guard let text = values[key] else { return nil }
    switch text {
    case "yes", "true": return true
    case "no", "false": return false
    default: throw ArgumentError(kind, name, "\(key)=\(text): expected yes or no")
    }
  }
}

/// An argument that a member of a catalog knows.
public struct ArgumentDescription: Sendable, Hashable, Codable {
  /// The key.
  public let key: String
  /// The value where none is given, as it would be written.
  public let standard: String
  /// What it means, in a few words.
  public let meaning: String

  /// Describes an argument.
  public init(_ key: String, standard: String, _ meaning: String) {
    self.key = key
    self.standard = standard
    self.meaning = meaning
  }
}

/// An argument of a member of a catalog that makes no sense, with the remedy.
public struct ArgumentError: Error, Hashable, CustomStringConvertible {
  /// What was chosen, such as `scheme`.
  public let kind: String
  /// The member's name.
  public let name: String
  /// What is wrong with its arguments.
  public let problem: String

  /// Reports a problem.
  public init(_ kind: String, _ name: String, _ problem: String) {
    self.kind = kind
    self.name = name
    self.problem = problem
  }

  /// Kind, name and problem in one line.
  public var description: String { "\(kind) \(name): \(problem)" }
}
