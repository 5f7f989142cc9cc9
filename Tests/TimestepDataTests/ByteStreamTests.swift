import Foundation
import Testing
import TimestepData

/// Files read whole or in pieces, plain and gzip, good and damaged.
@Suite struct ByteStreamTests {
  let scratch: Scratch
  static let content = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 9)) }

  private var content: [UInt8] { Self.content }

  init() throws { scratch = try Scratch() }

  private func read(_ bytes: [UInt8], _ count: Int) throws -> [UInt8] {
    let stream = try ByteStream(path: scratch.write(bytes, to: "file"), remedy: "fetch it again")
    let read = try stream.read(count, "the content")
    try stream.expectEnd(after: "the content")
    return read
  }

  @Test func plainAndCompressedContentsAreTheSame() throws {
    #expect(try read(content, content.count) == content)
    #expect(try read(gzip(content), content.count) == content)
    let members = gzip(Array(content[..<1000])) + gzip([]) + gzip(Array(content[1000...]))
    #expect(try read(members, content.count) == content)
    #expect(try read(gzip(content) + [0, 0, 0], content.count) == content)
    #expect(try read([], 0) == [])
    #expect(try read([0x1f], 1) == [0x1f])
    #expect(try read(gzip([]), 0) == [])
  }

  @Test func compressedFilesCutAnywhereAreNoticed() throws {
    let whole = gzip(Array(content[..<3000]))
    for length in 2..<whole.count {
      let error = dataError { try read(Array(whole[..<length]), 3000) }
      #expect(error?.kind == .badData, "cut to \(length) of \(whole.count)")
      #expect(error?.remedy == "fetch it again")
    }
  }

  @Test func everyChangedByteOfTheBodyIsNoticed() throws {
    let whole = gzip(Array(content[..<2000]))
    // The ten bytes of the header hold a time stamp and a system, which nothing checks.
    for index in 10..<whole.count {
      var damaged = whole
      damaged[index] ^= 0x10
      #expect(dataError { try read(damaged, 2000) }?.kind == .badData, "byte \(index)")
    }
  }

  @Test func otherBytesAfterTheMemberAreNoticed() throws {
    let error = dataError { try read(gzip([1, 2, 3]) + [7], 3) }
    #expect(error?.problem.contains("other bytes follow") == true)
  }

  @Test func moreOrLessThanAnnouncedIsNoticedAtItsOffset() throws {
    for bytes in [content, gzip(content)] {
      let less = dataError { try read(bytes, content.count + 1) }
      #expect(less?.kind == .badData)
      #expect(less?.problem.contains("cut short") == true)
      let more = dataError { try read(bytes, content.count - 1) }
      #expect(more?.problem.contains("more bytes follow") == true)
      #expect(more?.offset == content.count - 1)
    }
  }

  @Test func hostileSizesTakeNoMemory() throws {
    for bytes in [[1, 2, 3], gzip([1, 2, 3])] {
      let error = dataError { try read(bytes, 1 << 60) }
      #expect(error?.problem.contains("cut short") == true)
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    let missing = dataError { try ByteStream(path: "\(scratch.path)/none", remedy: "make it") }
    #expect(missing?.kind == .notFound)
    #expect(missing?.description == "\(scratch.path)/none: no such file; make it")
    let directory = dataError { try ByteStream(path: scratch.path) }
    #expect(directory?.kind == .badData)
    #expect(directory?.problem.contains("directory") == true)
    let pipe = "\(scratch.path)/pipe"
    mkfifo(pipe, 0o600)
    #expect(dataError { try ByteStream(path: pipe) }?.kind == .badData)
    try FileManager.default.createSymbolicLink(
      atPath: "\(scratch.path)/link", withDestinationPath: "nowhere")
    #expect(dataError { try ByteStream(path: "\(scratch.path)/link") }?.kind == .notFound)
    let through = dataError { try ByteStream(path: scratch.write([1], to: "a") + "/b") }
    #expect(through?.kind == .notFound)
  }

  @Test(.disabled(if: getuid() == 0, "root may read everything"))
  func whatMayNotBeReadIsAnInputFailure() throws {
    let path = try scratch.write([1], to: "locked")
    chmod(path, 0)
    #expect(dataError { try ByteStream(path: path) }?.kind == .ioFailure)
  }
}
