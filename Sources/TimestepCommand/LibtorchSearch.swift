#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A version of libtorch, of which the first two numbers say what fits together.
public struct LibtorchVersion: Equatable, Sendable, CustomStringConvertible {
  /// The first number.
  public let major: Int
  /// The second number.
  public let minor: Int
  /// The whole version, as it was written.
  public let description: String

  /// The oldest version that Timestep works with.
  public static let oldest = LibtorchVersion(major: 2, minor: 11)

  init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
    description = "\(major).\(minor)"
  }

  /// The version in `text`, such as `2.11.0+cu130`, or nil if it does not begin with two numbers.
  public init?(_ text: some StringProtocol) {
    let written = String(text.filter { !$0.isWhitespace })
    let numbers = written.prefix { $0.isNumber || $0 == "." }.split(separator: ".")
    guard numbers.count >= 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else {
      return nil
    }
    self.major = major
    self.minor = minor
    description = written
  }

  /// Whether a program built with one version runs with the other.
  public func fits(_ other: LibtorchVersion) -> Bool {
    major == other.major && minor == other.minor
  }

  /// Whether this version is older than the other, by the first two numbers.
  public func isOlder(than other: LibtorchVersion) -> Bool {
    (major, minor) < (other.major, other.minor)
  }
}

/// A libtorch that was found.
public struct Libtorch: Equatable, Sendable {
  /// The folder that holds `lib/libtorch_cpu.so`.
  public let folder: String
  /// Its version.
  public let version: LibtorchVersion

  /// The folders for `LD_LIBRARY_PATH`: its own, and that of the CUDA runtime it needs, if it is there.
  public var libraryFolders: [String] {
    let nvidia = LibtorchSearch.parent(of: folder) + "/nvidia/cu13/lib"
    return [folder + "/lib"] + (FileManager.default.fileExists(atPath: nvidia) ? [nvidia] : [])
  }
}

/// The search for libtorch when the command runs.
///
/// Looks at the environment variable `LIBTORCH`; else at the file `libtorch.location` beside the
/// executable; else at the file `.libtorch/location` in the nearest folder above the executable.
public struct LibtorchSearch: Sendable {
  /// What to do where no usable libtorch is found.
  public static let remedy = """
    Run `make libtorch` in Timestep's checkout, or set LIBTORCH to the torch folder of a PyTorch \
    \(LibtorchVersion.oldest) or later: python3 -c 'import torch; print(torch.__path__[0])' prints it.
    """

  let named: String?
  let executableFolder: String

  /// A search with the environment's variables and the resolved path of the executable.
  public init(environment: [String: String], executable: String) {
    named = environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
    executableFolder = Self.parent(of: executable)
  }

  /// The libtorch to run with; throws ``CommandError`` with status 69 and where it was looked for.
  public func find() throws -> Libtorch {
    let folder = try located()
    guard let version = Self.version(in: folder) else {
      throw unusable("\(folder) says no version: no version.py or build-version is there.")
    }
    guard !version.isOlder(than: .oldest) else {
      throw unusable(
        "\(folder) is version \(version); \(LibtorchVersion.oldest) is the oldest usable.")
    }
    if let built = builtVersion(), !built.fits(version) {
      throw unusable(
        """
        \(folder) is version \(version), but this command was built with \(built).
        Build it again with that one: make LIBTORCH=\(folder)
        """)
    }
    return Libtorch(folder: folder, version: version)
  }

  /// The version that the command was built with, if a file beside it or above it says so.
  public func builtVersion() -> LibtorchVersion? {
    let recorded =
      Self.contents(executableFolder + "/libtorch.version")
      ?? nearestState().flatMap { Self.contents($0 + "/version") }
    return recorded.flatMap { LibtorchVersion($0) }
  }

  /// The folder with `lib/libtorch_cpu.so`, from the first place that names one.
  func located() throws -> String {
    let library = "lib/libtorch_cpu.so"
    if let named {
      if let folder = Self.torchFolder(in: named) { return folder }
      throw unusable(
        "LIBTORCH is \(named), but neither \(named)/\(library) nor \(named)/torch/\(library) is there."
      )
    }
    let beside = executableFolder + "/libtorch.location"
    for file in [beside, nearestState().map { $0 + "/location" }] {
      guard let file, let written = Self.contents(file) else { continue }
      let path = written.hasPrefix("/") ? written : Self.parent(of: file) + "/" + written
      if let folder = Self.torchFolder(in: path) { return folder }
      throw unusable("\(file) names \(path), but there is no \(path)/\(library).")
    }
    throw unusable(
      """
      libtorch was not found. Looked for:
        the environment variable LIBTORCH: not set
        the file \(beside): not there
        the file .libtorch/location in \(executableFolder) and the folders above it: not there
      """)
  }

  /// The nearest folder `.libtorch` above the executable that has a `location`.
  func nearestState() -> String? {
    var folder = executableFolder
    while true {
      let state = (folder == "/" ? "" : folder) + "/.libtorch"
      if FileManager.default.fileExists(atPath: state + "/location") { return state }
      if folder == "/" || folder.isEmpty { return nil }
      folder = Self.parent(of: folder)
    }
  }

  func unusable(_ message: String) -> CommandError {
    CommandError(status: .unavailable, message: message + "\n" + Self.remedy)
  }

  /// `path` or its folder `torch`, whichever holds libtorch.
  static func torchFolder(in path: String) -> String? {
    let absolute =
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    let trimmed =
      absolute.count > 1 && absolute.hasSuffix("/") ? String(absolute.dropLast()) : absolute
    return [trimmed, trimmed + "/torch"].first {
      FileManager.default.fileExists(atPath: $0 + "/lib/libtorch_cpu.so")
    }
  }

  /// The version that the folder's `version.py` or `build-version` says.
  static func version(in folder: String) -> LibtorchVersion? {
    if let python = contents(folder + "/version.py") {
      let line = python.split(separator: "\n").first { $0.hasPrefix("__version__") }
      let quoted = line?.split { $0 == "'" || $0 == "\"" }
      if let quoted, quoted.count > 1 { return LibtorchVersion(quoted[1]) }
    }
    return contents(folder + "/build-version").flatMap { LibtorchVersion($0) }
  }

  /// The text of a file without the white space at its end, nil if it cannot be read.
  static func contents(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    var text = String(decoding: data, as: UTF8.self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  static func parent(of path: String) -> String {
    let parts = path.split(separator: "/").dropLast()
    return "/" + parts.joined(separator: "/")
  }
}
