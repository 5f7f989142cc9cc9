/// A line of a CSV file, or several lines where a quoted field holds line ends.
package struct CSVRecord {
  /// The line where the record begins, counted from 1.
  package fileprivate(set) var line = 1
  /// The byte where the record begins, counted from 0 in the contents of the file.
  package fileprivate(set) var offset = 0
  fileprivate var bytes: [UInt8] = []
  fileprivate var ends: [Int] = []

  /// A record to read into; its memory is used again for the next one.
  package init() {}

  /// Number of fields.
  package var count: Int { ends.count }

  /// The bytes of a field, without the quotes around it and with one quote for each doubled one.
  package subscript(_ field: Int) -> ArraySlice<UInt8> {
    bytes[(field > 0 ? ends[field - 1] : 0)..<ends[field]]
  }
}

/// Reads comma-separated values record by record, plain or gzip, without holding the file in memory.
///
/// Fields stand between commas. A field in quotes may hold commas, line ends, and quotes as doubled quotes; a
/// backslash means itself. Records end with LF, CR LF or CR; empty lines and a byte order mark are passed over.
/// Source: RFC 4180, and for what it leaves open the module `csv` of Python, but nothing may follow a closing quote
/// and no quote may stand in a field without quotes, since there the two disagree with most writers.
package final class CSVReader {
  /// The most bytes a record may have: a quote that is never closed would take the rest of the file.
  package static let recordLimit = 1 << 24

  private enum State { case recordStart, fieldStart, plain, quoted, quoteSeen }
  private enum Byte {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let comma = UInt8(ascii: ",")
    static let quote = UInt8(ascii: "\"")
  }

  private let stream: ByteStream
  private let chunkSize: Int
  private var chunk: [UInt8] = []
  private var position = 0
  private var line = 1
  private var afterCarriageReturn = false

  /// Opens a file; `remedy` is what errors advise. Throws `DataError`: `.notFound`, `.ioFailure`, `.badData`.
  package init(path: String, remedy: String? = nil, chunkSize: Int = 1 << 18) throws {
    stream = try ByteStream(path: path, remedy: remedy)
    self.chunkSize = max(chunkSize, 4)
  }

  /// Reads the next record, or returns false after the last one.
  ///
  /// Throws `DataError(.badData)` with the line for a quote out of place or never closed, and for a record of more
  /// than `recordLimit` bytes; `.ioFailure`.
  package func next(_ record: inout CSVRecord) throws -> Bool {
    record.bytes.removeAll(keepingCapacity: true)
    record.ends.removeAll(keepingCapacity: true)
    var state = State.recordStart
    var quotedLine = line
    while true {
      if position == chunk.count, try !refill() {
        if state == .quoted {
          throw error(
            record, "the quote that opens a field in line \(quotedLine) is never closed")
        }
        if state != .recordStart { record.ends.append(record.bytes.count) }
        return state != .recordStart
      }
      let byte = chunk[position]
      switch state {
      case .recordStart:
        if byte == Byte.lineFeed || byte == Byte.carriageReturn {
          endLine(byte)
        } else {
          afterCarriageReturn = false
          (record.line, record.offset) = (line, offset)
          state = .fieldStart
        }
      case .fieldStart where byte == Byte.quote:
        position += 1
        quotedLine = line
        state = .quoted
      case .quoteSeen where byte == Byte.quote:
        position += 1
        record.bytes.append(byte)
        state = .quoted
      case .quoted:
        try take(run(until: { $0 == Byte.quote }), to: &record, countingLines: true)
        if position < chunk.count {
          position += 1
          state = .quoteSeen
        }
      case .fieldStart, .plain, .quoteSeen:
        switch byte {
        case Byte.comma:
          position += 1
          record.ends.append(record.bytes.count)
          state = .fieldStart
        case Byte.lineFeed, Byte.carriageReturn:
          endLine(byte)
          record.ends.append(record.bytes.count)
          return true
        case _ where state == .quoteSeen:
          throw error(
            record,
            "in line \(line) text follows the closing quote of a field; a quote in a field "
              + "is written as two")
        case Byte.quote:
          throw error(
            record, "in line \(line) a quote stands in a field that has no quotes around it")
        default:
          let end = run {
            $0 == Byte.comma || $0 == Byte.lineFeed || $0 == Byte.carriageReturn || $0 == Byte.quote
          }
          try take(end, to: &record, countingLines: false)
          state = .plain
        }
      }
    }
  }

  /// An error about a record, with the file, the byte where the record begins, and the advice.
  package func error(_ record: CSVRecord, _ problem: String) -> DataError {
    stream.badData(at: record.offset, problem)
  }

  /// Where in the contents of the file the next byte stands.
  private var offset: Int { stream.position - chunk.count + position }

  private func refill() throws -> Bool {
    let isFirst = stream.position == 0
    chunk = try stream.read(upTo: chunkSize)
    position = isFirst && chunk.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    return position < chunk.count
  }

  /// Passes over a line end; the line feed of CR LF ends no further line.
  private func endLine(_ byte: UInt8) {
    position += 1
    if byte == Byte.carriageReturn || !afterCarriageReturn { line += 1 }
    afterCarriageReturn = byte == Byte.carriageReturn
  }

  /// The first position from here on whose byte is one of those, or the end of the chunk.
  @inline(__always)
  private func run(until isEnd: (UInt8) -> Bool) -> Int {
    chunk.withUnsafeBufferPointer { chunk in
      var end = position
      while end < chunk.count, !isEnd(chunk[end]) { end += 1 }
      return end
    }
  }

  /// Appends the bytes up to `end` to the present field.
  private func take(_ end: Int, to record: inout CSVRecord, countingLines: Bool) throws {
    let run = chunk[position..<end]
    if countingLines { line += run.reduce(0) { $0 + ($1 == Byte.lineFeed ? 1 : 0) } }
    record.bytes += run
    position = end
    guard record.bytes.count <= Self.recordLimit else {
      throw error(
        record,
        "the record in line \(record.line) has more than \(Self.recordLimit) bytes; a quote "
          + "may not be closed")
    }
  }
}
