/// Reads the JSON of a safetensors header in one pass, without a tree of it.
///
/// Foundation's decoder does not tell of keys that stand twice, which the format forbids, and takes many times the
/// header's memory. This one takes JSON (RFC 8259) in UTF-8 and nothing else: no comments, no NaN, no lone halves of
/// a UTF-16 pair, one object, then white space only. Fields that the format does not name are checked and passed over.
///
/// Two keys are the same where Swift's strings are equal, also if an accent is one character in one and two in the other.
struct HeaderScanner {
  typealias Problem = SafetensorsHeader.Problem
  typealias Entry = SafetensorsFile.Entry

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// The tensor whose fields are being read.
  private var tensor: String?

  /// How deep objects and lists may stand in each other, as in the reference implementation.
  private static let depthLimit = 128

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The whole header.
  mutating func header() throws(Problem) -> (entries: [Entry], metadata: [String: String]) {
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    try members { (scanner, name, start) throws(Problem) in
      if name == SafetensorsHeader.metadataName {
        metadata = try scanner.metadata()
      } else {
        scanner.tensor = name
        entries.append(try scanner.entry(name, at: start))
        scanner.tensor = nil
      }
    }
    skipSpace()
    guard position == bytes.count else { throw problem("text follows the header's object") }
    return (entries, metadata)
  }

  private mutating func metadata() throws(Problem) -> [String: String] {
    let name = SafetensorsHeader.metadataName
    guard peek == UInt8(ascii: "{") else { throw problem("'\(name)' must map text to text") }
    var result: [String: String] = [:]
    // The result knows its keys: a second set of millions of them would double the memory.
    try members(remembersKeys: false) { (scanner, key, place) throws(Problem) in
      guard scanner.peek == UInt8(ascii: "\"") else {
        throw scanner.problem("'\(name)' must map text to text")
      }
      guard result.updateValue(try scanner.string(), forKey: key) == nil else {
        throw scanner.twice(key, at: place)
      }
    }
    return result
  }

  private mutating func entry(_ name: String, at start: Int) throws(Problem) -> Entry {
    guard peek == UInt8(ascii: "{") else {
      throw problem("tensor '\(name)' needs 'dtype', 'shape' and two 'data_offsets'")
    }
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    var shapePlace = start
    try members { (scanner, key, place) throws(Problem) in
      switch key {
      case "dtype":
        guard scanner.peek == UInt8(ascii: "\"") else {
          throw scanner.problem("tensor '\(name)' has a 'dtype' that is no text")
        }
        typeName = try scanner.string()
      case "shape":
        shapePlace = place
        shape = try scanner.numbers(most: SafetensorsHeader.axisLimit, "tensor '\(name)': 'shape'")
      case "data_offsets":
        offsets = try scanner.numbers(most: 2, "tensor '\(name)': 'data_offsets'")
      default: try scanner.skipValue(depth: 2)
      }
    }
    guard let typeName, let shape, let offsets else {
      throw problem("tensor '\(name)' needs 'dtype', 'shape' and two 'data_offsets'", at: start)
    }
    guard let type = SafetensorsHeader.typeNames.first(where: { $0.1 == typeName })?.0 else {
      let known = SafetensorsHeader.typeNames.map(\.1).joined(separator: ", ")
      throw problem(
        "tensor '\(name)' has the unsupported type '\(typeName)'; supported are \(known)",
        at: start)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw problem(
        "tensor '\(name)' has the 'data_offsets' \(offsets), not a beginning and an end", at: start)
    }
    let length = offsets[1] - offsets[0]
    guard let count = Tensor.product(shape), let size = Tensor.product([count, type.byteCount]),
      size == length
    else {
      throw problem(
        "tensor '\(name)' of type \(typeName) and shape \(shape) does not fill its \(length) bytes",
        at: shapePlace)
    }
    return Entry(name: name, dataType: type, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  // MARK: JSON

  /// Reads an object: gives `body` each key and its place, to read the value; refuses a key that stands twice, unless
  /// that is left to `body`.
  private mutating func members(
    remembersKeys: Bool = true, _ body: (inout HeaderScanner, String, Int) throws(Problem) -> Void
  ) throws(Problem) {
    try expect("{", "an object")
    skipSpace()
    if take("}") { return }
    var seen: Set<String> = []
    repeat {
      skipSpace()
      let place = position
      let key = try string()
      guard !remembersKeys || seen.insert(key).inserted else { throw twice(key, at: place) }
      skipSpace()
      try expect(":", "':' after a key")
      skipSpace()
      try body(&self, key, place)
      skipSpace()
    } while take(",")
    try expect("}", "',' or '}'")
  }

  /// Reads a list of whole numbers from 0 up.
  private mutating func numbers(most: Int, _ what: String) throws(Problem) -> [Int] {
    var result: [Int] = []
    guard take("[") else { throw problem("\(what) must be a list of whole numbers") }
    skipSpace()
    if take("]") { return result }
    repeat {
      skipSpace()
      guard result.count < most else { throw problem("\(what) has more than \(most) numbers") }
      result.append(try number(what))
      skipSpace()
    } while take(",")
    try expect("]", "',' or ']'")
    return result
  }

  private mutating func number(_ what: String) throws(Problem) -> Int {
    let start = position
    var value = 0
    while let digit = peek, Self.isDigit(digit) {
      let (product, high) = value.multipliedReportingOverflow(by: 10)
      let (sum, over) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      guard !high, !over else { throw problem("\(what) has a number that is too large", at: start) }
      value = sum
      position += 1
    }
    let isPadded = position - start > 1 && bytes[start] == UInt8(ascii: "0")
    let isFraction = peek.map { ".eE".utf8.contains($0) } ?? false
    guard position > start, !isPadded, !isFraction else {
      throw problem("\(what) must be a list of whole numbers from 0 up", at: start)
    }
    return value
  }

  /// Reads text in quotes.
  private mutating func string() throws(Problem) -> String {
    let start = position
    try expect("\"", "text in quotes")
    let content = position
    // The text from its first escape on is put together here.
    var unescaped: [UInt8] = []
    var hasEscapes = false
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw problem("a control character stands in text") }
      if byte == UInt8(ascii: "\\") {
        if !hasEscapes { unescaped = Array(bytes[content..<position]) }
        hasEscapes = true
        try escape(&unescaped)
      } else {
        if hasEscapes { unescaped.append(byte) }
        position += 1
      }
    }
    let end = position
    try expect("\"", "the end of text that begins at byte \(8 + start)")
    let text =
      hasEscapes
      ? String(validating: unescaped, as: UTF8.self)
      : String(validating: bytes[content..<end], as: UTF8.self)
    guard let text else { throw problem("text is not valid UTF-8", at: start) }
    return text
  }

  /// Reads what a backslash introduces and appends it in UTF-8.
  private mutating func escape(_ text: inout [UInt8]) throws(Problem) {
    let start = position
    position += 1
    guard let kind = peek else { throw problem("text ends after a backslash") }
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal(from: start)
      if 0xd800..<0xdc00 ~= code {
        guard take("\\"), take("u") else { throw problem("half a UTF-16 pair", at: start) }
        let low = try hexadecimal(from: start)
        guard 0xdc00..<0xe000 ~= low else { throw problem("half a UTF-16 pair", at: start) }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw problem("half a UTF-16 pair", at: start)
      }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw problem("an unknown escape stands in text", at: start)
    }
  }

  private mutating func hexadecimal(from start: Int) throws(Problem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { throw problem("an escape needs four hexadecimal digits", at: start) }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Checks a value that the format does not name.
  private mutating func skipValue(depth: Int) throws(Problem) {
    guard depth < Self.depthLimit else { throw problem("objects and lists stand too deep") }
    switch peek {
    case UInt8(ascii: "{"):
      try members { (scanner, _, _) throws(Problem) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      position += 1
      skipSpace()
      if take("]") { return }
      repeat {
        skipSpace()
        try skipValue(depth: depth + 1)
        skipSpace()
      } while take(",")
      try expect("]", "',' or ']'")
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try skipNumber()
    }
  }

  private mutating func word(_ word: String) throws(Problem) {
    let start = position
    for byte in word.utf8 {
      guard peek == byte else { throw problem("this is not JSON", at: start) }
      position += 1
    }
  }

  private mutating func skipNumber() throws(Problem) {
    let start = position
    func digits(_ scanner: inout HeaderScanner) throws(Problem) {
      guard let first = scanner.peek, Self.isDigit(first) else {
        throw scanner.problem("this is not JSON", at: start)
      }
      while let digit = scanner.peek, Self.isDigit(digit) { scanner.position += 1 }
    }
    _ = take("-")
    if !take("0") { try digits(&self) }
    if take(".") { try digits(&self) }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits(&self)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws(Problem) {
    guard take(character) else { throw problem("expected \(what)") }
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || 0x09...0x0a ~= byte || byte == 0x0d { position += 1 }
  }

  private func twice(_ key: String, at place: Int) -> Problem {
    problem("the key '\(key)' stands twice in one object", at: place)
  }

  private func problem(_ text: String, at place: Int? = nil) -> Problem {
    Problem(
      text: "the header is not valid: \(text)", tensor: tensor, offset: place ?? position)
  }
}
