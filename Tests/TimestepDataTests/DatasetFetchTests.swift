import Foundation
import TestSupport
import Testing
import TimestepData

/// Fetching from a server on this machine, in good and in bad ways.
@Suite struct DatasetFetchTests {
  private let scratch: TestSupport.Scratch
  private let server: FileServer
  private let plain = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
  private let target: String

  init() throws {
    scratch = try TestSupport.Scratch()
    target = scratch.path("set")
    try scratch.write(plain, to: "files/plain.bin")
    try scratch.write(gzip(plain), to: "files/packed.gz")
    try scratch.write(plain, to: "content/folder/inner.bin")
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = [
      "tar", "-czf", scratch.path("files/archive.tar.gz"), "-C", scratch.path("content"), "folder",
    ]
    try tar.run()
    tar.waitUntilExit()
    server = try FileServer(of: scratch.path("files"), in: scratch)
  }

  private func hash(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexadecimal()
  }

  /// A set of three files: plain, gzip, and in an archive.
  private func source(_ mode: String, second: String? = nil) throws -> DatasetSource {
    let places = [mode] + (second.map { [$0] } ?? [])
    let addresses = places.map { "\(server.address)/\($0)" }
    return DatasetSource(
      datasets: ["small"],
      files: ["plain.bin", "packed", "folder/inner.bin"].map { .init($0, sha256: hash(plain)) },
      downloads: [
        .init("plain.bin", from: addresses, .file("plain.bin")),
        .init("packed.gz", from: addresses, .file("packed")),
        .init(
          "archive.tar.gz", from: addresses,
          .archive(sha256: hash(try scratch.bytes("files/archive.tar.gz")), folder: "folder")),
      ], size: "1 MB")
  }

  private func fetch(_ mode: String, second: String? = nil, mirror: String? = nil) throws {
    try DatasetFetch(source(mode, second: second), to: target, mirror: mirror).run { _ in }
  }

  private func failure(_ mode: String, mirror: String? = nil) throws -> DataError {
    try #require(#expect(throws: DataError.self) { try fetch(mode, mirror: mirror) })
  }

  private func expectComplete() throws {
    for name in ["plain.bin", "packed", "folder/inner.bin"] {
      #expect(try scratch.bytes("set/\(name)") == plain, "\(name)")
    }
    #expect(scratch.names(in: "set") == ["folder", "packed", "plain.bin"])
  }

  @Test(arguments: ["good", "whole"]) func aSetIsFetchedOnce(mode: String) throws {
    try fetch(mode)
    try expectComplete()
    let requests = try server.requests().count
    try fetch(mode)
    #expect(try server.requests().count == requests, "what is there is not fetched again")
    try scratch.write(plain.dropLast(), to: "set/plain.bin")
    try fetch(mode)
    try expectComplete()
  }

  @Test func aTransferThatBreaksOffGoesOnAtOnce() throws {
    try fetch("half")
    try expectComplete()
    #expect(try server.requests().contains("half plain.bin bytes=150000-"))
  }

  @Test func aTransferThatBreaksOffAgainGoesOnInTheNextRun() throws {
    let error = try failure("broken")
    #expect(error.kind == .ioFailure && error.problem.contains("after 150000 bytes"))
    #expect(error.remedy?.contains("run the command again") == true)
    #expect(scratch.names(in: "set") == [".fetch"], "nothing but the part is there")
    #expect(error.remedy?.contains("150000 bytes of it are kept in \(target)/.fetch") == true)
    let later = try failure("nothing")
    #expect(later.kind == .unavailable && later.remedy?.contains("150000 bytes") == true)
    try fetch("good")
    try expectComplete()
    #expect(try server.requests().contains("good plain.bin bytes=150000-"))
  }

  @Test func aPartForAServerWithoutRangesIsFetchedAnew() throws {
    _ = try failure("broken")
    try fetch("whole")
    try expectComplete()
  }

  /// A part that is complete, one that is damaged and one that is too long.
  @Test func partsAreTrustedOnlyByTheirChecksum() throws {
    for part in [plain, [9] + plain.prefix(1000).dropFirst(), plain + [1, 2, 3]] {
      try? FileManager.default.removeItem(atPath: target)
      try scratch.write(part, to: "set/.fetch/plain.bin")
      try fetch("good")
      try expectComplete()
    }
  }

  @Test func otherContentsAreRefused() throws {
    let error = try failure("wrong")
    #expect(error.kind == .badData && error.file == "\(server.address)/wrong/plain.bin")
    #expect(error.problem.contains("SHA-256"))
    #expect(!FileManager.default.fileExists(atPath: target), "what came is not kept")
    try scratch.write([1], to: "set/mine")
    let again = try failure("wrong")
    #expect(again.remedy?.contains("kept") == false)
    #expect(scratch.names(in: "set") == ["mine"])
  }

  @Test func theNextPlaceIsAsked() throws {
    try fetch("wrong", second: "good")
    try expectComplete()
    try? FileManager.default.removeItem(atPath: target)
    try fetch("nothing", second: "good")
    try expectComplete()
  }

  @Test func aMirrorIsAskedInstead() throws {
    try fetch("nothing", mirror: "\(server.address)/good/")
    try expectComplete()
  }

  @Test func withoutAServerOrAFileItSaysSo() throws {
    let missing = try failure("nothing")
    #expect(missing.kind == .unavailable && missing.problem.contains("404"))
    server.stop()
    let refused = try failure("good")
    #expect(refused.kind == .unavailable && refused.remedy?.contains("--mirror") == true)
    let unknown = try failure("good", mirror: "http://nowhere.invalid")
    #expect(unknown.kind == .unavailable && unknown.file?.contains("nowhere.invalid") == true)
  }

  @Test func aDirectoryThatCannotBeMade() throws {
    try scratch.write("", to: "set")
    #expect(try failure("good").kind == .cannotCreate)
  }

  @Test(arguments: ["", "nowhere", "localhost:80/x", "https:/x", "gopher://a/b", "https://", "a b"])
  func mirrorsThatAreNoAddress(mirror: String) {
    let error = dataError {
      try DatasetFetch(DatasetCatalog.mnist, to: target, mirror: mirror)
    }
    #expect(error?.kind == .badConfiguration && error?.problem.contains("--mirror") == true)
    for good in ["http://a/b", "file:///a", "https://a.b:80/c d".replacing(" ", with: "%20")] {
      #expect(dataError { try DatasetFetch(DatasetCatalog.mnist, to: target, mirror: good) } == nil)
    }
  }

  @Test func setsWithoutASourceAreRefused() {
    let error = #expect(throws: DataError.self) {
      try DatasetFetch(DatasetCatalog.twoMoons, to: target)
    }
    #expect(error?.kind == .badConfiguration && error?.problem.contains("made") == true)
  }
}
