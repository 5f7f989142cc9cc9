import CZlib

/// Inflates the gzip members of a file in a stream, checking the length and CRC-32 of each (RFC 1952).
///
/// Members may follow each other, and zeros may follow the last one, as the program `gzip` has it.
final class GzipDecoder {
  private let file: ByteFile
  private let remedy: String?
  // zlib keeps the address of its state, so the state lives outside of this object.
  private let state: UnsafeMutablePointer<z_stream>
  private let compressed: UnsafeMutableRawBufferPointer
  private var betweenMembers = true
  private var members = 0
  /// Bytes that were inflated, in all members.
  private var produced = 0

  /// Starts at the present position of `file`; throws `DataError(.ioFailure)` if zlib cannot start.
  init(file: ByteFile, remedy: String?) throws {
    self.file = file
    self.remedy = remedy
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    compressed = .allocate(byteCount: 1 << 16, alignment: 16)
    let gzipOnly: Int32 = 15 + 16
    let status = inflateInit2_(
      state, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw DataError(.ioFailure, file: file.path, problem: "zlib does not start (\(status))")
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    compressed.deallocate()
  }

  /// Inflates up to `buffer.count` bytes and returns how many; 0 after the last member.
  ///
  /// Throws `DataError(.badData)` where the file is cut short or corrupt.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let wanted = min(buffer.count, Int(Int32.max))
    guard wanted > 0 else { return 0 }
    state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
    state.pointee.avail_out = UInt32(wanted)
    while state.pointee.avail_out > 0 {
      if state.pointee.avail_in == 0, try refill() == 0 {
        guard betweenMembers else { throw failure("the compressed data stop in the middle") }
        break
      }
      if betweenMembers, try !startMember() { continue }
      let status = inflate(state, Z_NO_FLUSH)
      switch status {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END: betweenMembers = true
      case Z_MEM_ERROR:
        throw DataError(.ioFailure, file: file.path, problem: "no memory left to decompress")
      default:
        let reason = state.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw failure("the compressed data are corrupt: \(reason)")
      }
    }
    let count = wanted - Int(state.pointee.avail_out)
    produced += count
    return count
  }

  private func refill() throws -> Int {
    let count = try file.read(into: compressed)
    state.pointee.next_in = compressed.baseAddress?.assumingMemoryBound(to: Bytef.self)
    state.pointee.avail_in = UInt32(count)
    return count
  }

  /// Skips one padding zero (and returns false), or gets ready for the member that begins here.
  private func startMember() throws -> Bool {
    if members > 0 {
      if state.pointee.next_in.pointee == 0 {
        state.pointee.next_in += 1
        state.pointee.avail_in -= 1
        return false
      }
      guard state.pointee.next_in.pointee == 0x1f else {
        throw failure("other bytes follow the compressed data")
      }
      inflateReset(state)
    }
    members += 1
    betweenMembers = false
    return true
  }

  private func failure(_ problem: String) -> DataError {
    let position = file.position - Int(state.pointee.avail_in)
    return DataError(
      .badData, file: file.path, offset: produced,
      problem: "\(problem) near byte \(position) of \(file.size)",
      remedy: remedy)
  }
}
