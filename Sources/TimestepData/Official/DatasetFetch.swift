import Foundation

/// Fetches a data set from its official places: resumed where a transfer broke off, checked, and whole or not at all.
///
/// The transfers are made by the program curl (Decision 14). What is fetched lies in the folder `.fetch` of the
/// directory until its checksum was compared; then it is renamed into place. After a failure the folder stays only
/// where it holds bytes from which the next fetch goes on.
public struct DatasetFetch: Sendable {
  /// What is fetched.
  public let source: DatasetSource
  /// Where it goes.
  public let directory: String
  /// The address of a directory that has the files and is asked instead of the official places.
  public let mirror: String?
  /// How often a transfer that broke off is resumed while it makes progress.
  private static let mostResumptions = 5

  /// Plans to fetch a set into a directory, which is made where it is not there.
  ///
  /// Throws `DataError(.badConfiguration)` where no official place is known, or `mirror` is no address.
  public init(_ dataset: DatasetDescriptor, to directory: String, mirror: String? = nil) throws {
    guard let source = dataset.source else {
      throw DataError(
        .badConfiguration,
        problem: dataset.markers.isEmpty
          ? "\(dataset.name) is made as it is asked for, so there is nothing to fetch"
          : "no place is known to fetch \(dataset.name) from",
        remedy: dataset.markers.isEmpty
          ? nil : dataset.remedy ?? "put its files in a directory and name it with --data DIR")
    }
    if let mirror { try Self.check(address: mirror) }
    self.init(source, to: directory, mirror: mirror)
  }

  /// Throws `DataError(.badConfiguration)` for what curl would not take for an address.
  private static func check(address: String) throws {
    let parts = URLComponents(string: address)
    let scheme = parts?.scheme?.lowercased() ?? ""
    let hasPlace = scheme == "file" ? parts?.path.isEmpty == false : parts?.host?.isEmpty == false
    guard ["http", "https", "ftp", "ftps", "file"].contains(scheme), hasPlace else {
      throw DataError(
        .badConfiguration, problem: "--mirror \(address): is no address of a folder",
        remedy: "write it as https://HOST/FOLDER or file:///FOLDER")
    }
  }

  /// Plans to fetch what a source names.
  public init(_ source: DatasetSource, to directory: String, mirror: String? = nil) {
    self.source = source
    self.directory = directory
    self.mirror = mirror
  }

  /// Fetches what is not there yet; `progress` is given a line for each file.
  ///
  /// Throws `DataError`: `.unavailable` without a network or curl, `.ioFailure` where a transfer breaks off or a file
  /// cannot be written, `.badData` where what came is not the official file.
  public func run(progress: (String) -> Void) throws {
    let wasThere = FileStatus.exists(directory)
    for download in source.downloads {
      guard try !isThere(download) else {
        progress("\(download.name): is there already")
        continue
      }
      let part = "\(parts)/\(download.name)"
      do {
        try Self.makeDirectory(parts)
        try fetch(download, to: part, progress: progress)
        try put(download, from: part)
      } catch var error as DataError {
        if let kept = tidy(part) {
          error.remedy =
            (error.remedy.map { "\($0); " } ?? "")
            + "\(kept) bytes of it are kept in \(parts), from where the next fetch goes on"
        } else if !wasThere {
          // Only where nothing was put into it.
          rmdir(directory)
        }
        throw error
      }
    }
    _ = tidy(nil)
  }

  /// The folder for what is not whole yet.
  private var parts: String { "\(directory)/.fetch" }

  /// Removes what no later fetch can go on from, and returns how many bytes of a part are kept; nil for none.
  private func tidy(_ part: String?) -> Int? {
    try? FileManager.default.removeItem(atPath: unpacked)
    let kept = part.map(Self.size(of:)) ?? 0
    if kept == 0 {
      if let part { unlink(part) }
      // Parts of other files stay.
      rmdir(parts)
    }
    return kept > 0 ? kept : nil
  }

  /// Where a file or an archive is unpacked before it is renamed.
  private var unpacked: String { "\(parts)/unpacked" }

  /// The files of the set that a download gives.
  private func files(of download: DatasetSource.Download) -> [DatasetSource.File] {
    switch download.kind {
    case .file(let path): source.files.filter { $0.path == path }
    case .archive(_, let folder): source.files.filter { $0.path.hasPrefix("\(folder)/") }
    }
  }

  /// Whether all files of a download are there with the right contents; one that is damaged is fetched again.
  private func isThere(_ download: DatasetSource.Download) throws -> Bool {
    try files(of: download).allSatisfy { file in
      guard let path = file.found(in: directory) else { return false }
      do {
        return try SHA256.ofContents(of: path) == file.sha256
      } catch let error as DataError where error.kind == .badData {
        return false
      }
    }
  }

  /// Tries the places one after the other until the file is there and right.
  private func fetch(
    _ download: DatasetSource.Download, to part: String, progress: (String) -> Void
  ) throws {
    let places = mirror.map { [$0] } ?? download.places
    for (number, place) in places.enumerated() {
      let address = "\(place)\(place.hasSuffix("/") ? "" : "/")\(download.name)"
      do {
        progress("\(address)")
        return try fetch(download, address, to: part)
      } catch let error as DataError where number + 1 < places.count && error.kind != .ioFailure {
        progress("\(error)")
      }
    }
  }

  private func fetch(
    _ download: DatasetSource.Download, _ address: String, to part: String
  ) throws {
    let isResumed = Self.size(of: part) > 0
    var resumptions = 0
    while true {
      let before = Self.size(of: part)
      switch try Curl.fetch(address, to: part) {
      case .complete: break
      case .mustStartAnew where before > 0: continue
      case .mustStartAnew: break
      case .nothingToResume:
        // The whole file is there, or one that is longer: the checksum tells.
        if try !isRight(download, part) {
          unlink(part)
          continue
        }
      case .brokenOff(let reason):
        resumptions += 1
        if Self.size(of: part) > before, resumptions <= Self.mostResumptions { continue }
        throw DataError(
          .ioFailure, file: address,
          problem: "the transfer broke off after \(Self.size(of: part)) bytes: \(reason)",
          remedy: "run the command again")
      }
      if try isRight(download, part) { return }
      unlink(part)
      // The old part may have been damaged, or the file replaced meanwhile.
      if isResumed, before > 0 { return try fetch(download, address, to: part) }
      throw DataError(
        .badData, file: address,
        problem: "what came is not the official file: its SHA-256 is another",
        remedy: "try again later, or name another place with --mirror URL")
    }
  }

  private func isRight(_ download: DatasetSource.Download, _ part: String) throws -> Bool {
    switch download.kind {
    case .archive(let sum, _): return try SHA256.ofFile(part) == sum
    case .file:
      do {
        let sum = try SHA256.ofContents(of: part)
        return files(of: download).allSatisfy { $0.sha256 == sum }
      } catch let error as DataError where error.kind == .badData {
        return false
      }
    }
  }

  /// Unpacks a file that was checked, and renames it into place.
  private func put(_ download: DatasetSource.Download, from part: String) throws {
    switch download.kind {
    case .file(let path):
      var whole = part
      if download.name.hasSuffix(".gz") {
        whole = unpacked
        try Self.unpack(part, to: whole)
        unlink(part)
      }
      try Self.rename(whole, to: "\(directory)/\(path)")
    case .archive(_, let folder):
      try? FileManager.default.removeItem(atPath: unpacked)
      try Self.makeDirectory(unpacked)
      let ending = try Tool.run(
        "tar", ["--extract", "--gzip", "--file", part, "--directory", unpacked])
      guard ending.status == 0 else {
        throw DataError(.ioFailure, file: part, problem: "cannot be unpacked: \(ending.errors)")
      }
      for file in files(of: download) {
        guard try SHA256.ofContents(of: "\(unpacked)/\(file.path)") == file.sha256 else {
          throw DataError(.badData, file: part, problem: "\(file.path) in it is damaged")
        }
      }
      try? FileManager.default.removeItem(atPath: "\(directory)/\(folder)")
      try Self.rename("\(unpacked)/\(folder)", to: "\(directory)/\(folder)")
      try? FileManager.default.removeItem(atPath: unpacked)
      unlink(part)
    }
  }
}

extension DatasetFetch {
  /// The size of a file in bytes; 0 where there is none.
  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func makeDirectory(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw DataError(
        .cannotCreate, file: path, problem: "the directory cannot be made",
        remedy: "choose another with --to DIR")
    }
  }

  private static func rename(_ path: String, to target: String) throws {
    guard Foundation.rename(path, target) == 0 else {
      throw DataError(.cannotCreate, file: target, problem: String(cString: strerror(errno)))
    }
  }

  /// Writes the contents of a gzip file.
  private static func unpack(_ path: String, to target: String) throws {
    let stream = try ByteStream(path: path)
    guard FileManager.default.createFile(atPath: target, contents: nil),
      let file = FileHandle(forWritingAtPath: target)
    else { throw DataError(.cannotCreate, file: target, problem: "the file cannot be made") }
    do {
      while case let bytes = try stream.read(upTo: 1 << 20), !bytes.isEmpty {
        try file.write(contentsOf: bytes)
      }
      try file.synchronize()
      try file.close()
    } catch let error as DataError {
      throw error
    } catch {
      throw DataError(.ioFailure, file: target, problem: "cannot be written: \(error)")
    }
  }
}
