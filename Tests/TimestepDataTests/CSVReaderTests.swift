import Testing
import TimestepData

/// Comma-separated values, good and damaged.
@Suite struct CSVReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private struct Record: Equatable {
    var fields: [String]
    var line: Int
    var offset: Int
  }

  private func read(_ bytes: [UInt8], chunkSize: Int = 1 << 18) throws -> [Record] {
    let path = try scratch.write(bytes, to: "x.csv")
    let reader = try CSVReader(path: path, remedy: "do this", chunkSize: chunkSize)
    var record = CSVRecord()
    var records: [Record] = []
    while try reader.next(&record) {
      records.append(
        Record(
          fields: (0..<record.count).map { String(decoding: record[$0], as: UTF8.self) },
          line: record.line, offset: record.offset))
    }
    #expect(try !reader.next(&record))
    return records
  }

  /// Each case whole, in pieces of every small size, and compressed.
  @Test(
    arguments: [
      ("a,b\n", [["a", "b"]]),
      ("a,b", [["a", "b"]]),
      ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
      ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
      ("\"a\",\"b\"\r\n\"c\",\"d\"", [["a", "b"], ["c", "d"]]),
      ("\"a,b\",c\n", [["a,b", "c"]]),
      ("\"say \"\"no\"\"\",\"\"\"\"\n", [["say \"no\"", "\""]]),
      ("\"\",,\"\"\n", [["", "", ""]]),
      (",\n", [["", ""]]),
      ("a,", [["a", ""]]),
      ("\"\"", [[""]]),
      ("\"two\nlines\",\"two\r\nmore\"\nb,c\n", [["two\nlines", "two\r\nmore"], ["b", "c"]]),
      ("\n\r\n\ra,b\n\n\n\"c\"\r\n\r\n", [["a", "b"], ["c"]]),
      (
        "\"back\\slash\\\",\\,\"\\\\\"\"quoted\"\"\"\n",
        [["back\\slash\\", "\\", "\\\\\"quoted\""]]
      ),
      (" a , b \n", [[" a ", " b "]]),
      ("\u{feff}\"a\",b\n", [["a", "b"]]),
      ("caf\u{e9},\"\u{201c}\u{1f600}\u{201d}\"\n", [["caf\u{e9}", "\u{201c}\u{1f600}\u{201d}"]]),
      ("", []), ("\n\r\n", []), ("\u{feff}", []),
    ] as [(String, [[String]])])
  func fields(text: String, expected: [[String]]) throws {
    let bytes = Array(text.utf8)
    #expect(try read(bytes).map(\.fields) == expected)
    for size in 4...9 {
      #expect(try read(bytes, chunkSize: size).map(\.fields) == expected, "pieces of \(size)")
    }
    #expect(try read(gzip(bytes)).map(\.fields) == expected)
  }

  @Test func recordsKnowTheirPlace() throws {
    let text = "a\r\n\"b\nb\r\nb\"\r\n\nc\rd"
    for size in 4...20 {
      #expect(
        try read(Array(text.utf8), chunkSize: size) == [
          Record(fields: ["a"], line: 1, offset: 0),
          Record(fields: ["b\nb\r\nb"], line: 2, offset: 3),
          Record(fields: ["c"], line: 6, offset: 14),
          Record(fields: ["d"], line: 7, offset: 16),
        ])
    }
  }

  @Test(arguments: [
    ("a,b\n\"c\n,d\n", 4, "the quote that opens a field in line 2 is never closed"),
    ("a,\"", 0, "the quote that opens a field in line 1 is never closed"),
    ("\"a\nb\",\"c\"\"\n", 0, "the quote that opens a field in line 2 is never closed"),
    ("a\n\"b\" ,c\n", 2, "in line 2 text follows the closing quote of a field"),
    ("\"a \\\"b\\\" c\"\n", 0, "in line 1 text follows the closing quote of a field"),
    ("a\r\nb,c\"d\"\r\n", 3, "in line 2 a quote stands in a field that has no quotes around it"),
  ])
  func damage(text: String, offset: Int, problem: String) {
    for bytes in [Array(text.utf8), gzip(Array(text.utf8))] {
      for size in [4, 1 << 18] {
        let error = dataError { try read(bytes, chunkSize: size) }
        #expect(error?.kind == .badData)
        #expect(error?.file == "\(scratch.path)/x.csv")
        #expect(error?.offset == offset)
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
        #expect(error?.remedy == "do this")
      }
    }
  }

  /// A compressed file may hold far more than memory does.
  @Test func anOpenQuoteDoesNotTakeTheRestOfTheFile() {
    let bomb =
      [UInt8(ascii: "\"")] + [UInt8](repeating: 0, count: CSVReader.recordLimit + (1 << 20))
    let error = dataError { try read(gzip(bomb)) }
    #expect(error?.problem.contains("more than 16777216 bytes") == true)
  }
}
