/// One entry of a ``DiagnosticTable``.
public enum TableValue: Sendable, Hashable {
  /// A real number; it may be infinite or not a number.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// A text.
  case text(String)
  /// Yes or no.
  case flag(Bool)
  /// Nothing, as the norm of what was not measured.
  case missing

  /// The number, where it is one.
  public var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .text, .flag, .missing: nil
    }
  }

  /// The text, where it is one.
  public var text: String? { if case .text(let value) = self { value } else { nil } }

  /// A number that may not have been measured.
  public static func number(_ value: Double?) -> TableValue {
    value.map { .number($0) } ?? .missing
  }
  /// A text that may not be there.
  public static func text(_ value: String?) -> TableValue { value.map { .text($0) } ?? .missing }

  func fits(_ kind: DiagnosticTable.Kind) -> Bool {
    switch (self, kind) {
    case (.missing, _), (.number, .number), (.integer, .integer), (.integer, .number),
      (.text, .text), (.flag, .flag):
      true
    default: false
    }
  }
}

extension TableValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension TableValue: CustomStringConvertible {
  /// The entry as it stands in a CSV file: `nan`, `inf`, `-inf` for what is no finite number, nothing where it is
  /// missing; zero has no sign.
  public var description: String {
    switch self {
    case .number(let value): value.isNaN ? "nan" : value == 0 ? "0.0" : "\(value)"
    case .integer(let value): "\(value)"
    case .text(let value): value
    case .flag(let value): value ? "true" : "false"
    case .missing: ""
    }
  }
}

extension TableValue: Codable {
  /// Reads an entry; a whole number comes back as one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .missing
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes an entry; what is no finite number becomes the text `nan`, `inf` or `-inf`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value) where value.isFinite: try container.encode(value)
    case .number: try container.encode(description)
    case .integer(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .missing: try container.encodeNil()
    }
  }
}
