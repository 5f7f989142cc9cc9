import Foundation
import Testing
import TimestepCommand

/// A folder of its own for each test, laid out like a checkout with its executable in .build/release.
@Suite("Search for libtorch")
final class LibtorchSearchTests {
  private let root: String

  init() throws {
    let folder = URL(filePath: NSTemporaryDirectory()).appending(
      path: "timestep-\(UUID().uuidString)")
    root = folder.path(percentEncoded: false)
    try FileManager.default.createDirectory(
      atPath: root + "/.build/release", withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func write(_ path: String, _ text: String) throws {
    let file = URL(filePath: root + "/" + path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Makes a folder that looks like the torch folder of a PyTorch.
  private func makeTorch(_ folder: String, version: String = "2.11.0+cu130") throws {
    try write(folder + "/lib/libtorch_cpu.so", "")
    try write(
      folder + "/version.py",
      "__all__ = ['__version__']\n__version__ = '\(version)'\ncuda = '13.0'\n")
  }

  private func search(_ environment: [String: String] = [:]) -> LibtorchSearch {
    LibtorchSearch(environment: environment, executable: root + "/.build/release/timestep")
  }

  /// The message of the error, with status 69, that the search ends in.
  private func failure(_ environment: [String: String] = [:]) throws -> String {
    let error = try #require(throws: CommandError.self) { try self.search(environment).find() }
    #expect(error.exitStatus == .unavailable)
    #expect(error.message.contains("make libtorch") && error.message.contains("LIBTORCH"))
    return error.message
  }

  @Test("LIBTORCH names the torch folder, or the folder that holds it")
  func named() throws {
    try makeTorch("site/torch")
    for name in ["site/torch", "site/torch/", "site"] {
      let found = try search(["LIBTORCH": root + "/" + name]).find()
      #expect(found.folder == root + "/site/torch")
      #expect(found.version.description == "2.11.0+cu130")
    }
  }

  @Test("The checkout's .libtorch/location is found from the executable upwards")
  func checkout() throws {
    try makeTorch("elsewhere/torch")
    try write(".libtorch/location", root + "/elsewhere/torch\n")
    try write(".libtorch/version", "2.11.0\n")
    #expect(try search().find().folder == root + "/elsewhere/torch")
    #expect(try search(["LIBTORCH": ""]).find().folder == root + "/elsewhere/torch")
  }

  @Test("The file beside an installed executable comes before a checkout, and may be relative")
  func installed() throws {
    try makeTorch("far/torch")
    try write(".libtorch/location", root + "/far/torch")
    try makeTorch(".build/release/site/torch", version: "2.12.1")
    try write(".build/release/libtorch.location", "site/torch\n")
    try write(".build/release/libtorch.version", "2.12.0\n")
    let found = try search().find()
    #expect(found.folder == root + "/.build/release/site/torch")
    #expect(found.libraryFolders == [found.folder + "/lib"])
  }

  @Test("The CUDA runtime beside the torch folder is on the library path")
  func cudaRuntime() throws {
    try makeTorch("site/torch")
    try write("site/nvidia/cu13/lib/libcudart.so.13", "")
    let found = try search(["LIBTORCH": root + "/site"]).find()
    #expect(
      found.libraryFolders == [root + "/site/torch/lib", root + "/site/nvidia/cu13/lib"])
  }

  @Test("Where nothing is found, the message names every place")
  func nothing() throws {
    let message = try failure()
    #expect(message.contains("environment variable LIBTORCH: not set"))
    #expect(message.contains(root + "/.build/release/libtorch.location: not there"))
    #expect(message.contains(".libtorch/location in \(root)/.build/release"))
  }

  @Test("A place that names a folder without libtorch is an error, not passed over")
  func wrongPlaces() throws {
    try makeTorch("torch")
    try write(".libtorch/location", root + "/torch")
    #expect(try failure(["LIBTORCH": root + "/none"]).contains("LIBTORCH is \(root)/none"))
    try write(".libtorch/location", root + "/gone")
    #expect(try failure().contains("names \(root)/gone"))
  }

  @Test("An old, unknown or other version is refused")
  func versions() throws {
    try makeTorch("old", version: "2.10.1")
    #expect(try failure(["LIBTORCH": root + "/old"]).contains("2.10.1"))
    try write("unknown/lib/libtorch_cpu.so", "")
    #expect(try failure(["LIBTORCH": root + "/unknown"]).contains("no version"))
    try write("unknown/build-version", "2.11.0+cpu")
    #expect(try search(["LIBTORCH": root + "/unknown"]).find().version.minor == 11)
    try makeTorch("new", version: "2.12.0")
    try makeTorch("torch")
    try write(".libtorch/location", root + "/torch")
    try write(".libtorch/version", "2.11.0")
    #expect(try failure(["LIBTORCH": root + "/new"]).contains("built with 2.11.0"))
  }

  @Test("Versions are read by their first two numbers")
  func versionText() throws {
    let version = try #require(LibtorchVersion("2.11.0a0+git70d99e9\n"))
    #expect(version.major == 2 && version.minor == 11)
    #expect(LibtorchVersion("two") == nil && LibtorchVersion("2") == nil)
    let later = try #require(LibtorchVersion("3.0"))
    #expect(version.isOlder(than: later) && !later.isOlder(than: version))
    #expect(!version.isOlder(than: .oldest) && version.fits(.oldest))
  }
}
