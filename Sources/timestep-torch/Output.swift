import Foundation

/// Prints a value as indented JSON, keys in alphabetical order.
///
/// JSON has no infinity and no NaN: they are printed as the texts `"inf"`, `"-inf"` and `"nan"`.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Prints rows in columns as wide as their widest entry; `rightAligned` columns hold numbers.
func printTable(_ header: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
  let widths = header.indices.map { column in
    ([header] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  for row in [header] + rows {
    let cells = row.enumerated().map { column, cell in
      let space = String(repeating: " ", count: max(widths[column] - cell.count, 0))
      return rightAligned.contains(column) ? space + cell : cell + space
    }
    var line = cells.joined(separator: "  ")
    while line.hasSuffix(" ") { line.removeLast() }
    print(line)
  }
}

/// `1,730,714`
func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result += "," }
    result.append(digit)
  }
  return (number < 0 ? "-" : "") + result
}

/// `12.3 MB`, or `12.3 kB` for less than a tenth of that unit.
func megabytes(_ bytes: Int) -> String {
  bytes < 100_000
    ? String(format: "%.1f kB", Double(bytes) / 1e3)
    : String(format: "%.1f MB", Double(bytes) / 1e6)
}
