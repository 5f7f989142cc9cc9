import Foundation
import TimestepTorch

/// Whether a place can be written to, asked before the work whose result goes there.
public enum OutputPlace {
  /// Refuses a directory that cannot be made or written to.
  ///
  /// - Throws: `AtomicFile.WriteError` that names what is in the way.
  public static func check(directory: URL) throws {
    var place = directory.standardizedFileURL
    var isDirectory: ObjCBool = false
    while !FileManager.default.fileExists(atPath: place.path, isDirectory: &isDirectory) {
      guard place.path != "/", !place.path.isEmpty else { return }
      place.deleteLastPathComponent()
    }
    guard isDirectory.boolValue else {
      throw error(directory, "cannot be created: \(place.path) is a file and no directory; move it")
    }
    guard FileManager.default.isWritableFile(atPath: place.path) else {
      throw error(directory, "cannot be created: \(place.path) cannot be written to")
    }
  }

  /// Refuses a file that cannot be written.
  ///
  /// - Throws: `AtomicFile.WriteError` that names what is in the way.
  public static func check(file: URL) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      throw error(file, "is a directory; name a file")
    }
    let folder = file.deletingLastPathComponent()
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw error(file, "cannot be created: there is no directory \(folder.path)")
    }
    try check(directory: folder)
  }

  private static func error(_ url: URL, _ problem: String) -> AtomicFile.WriteError {
    AtomicFile.WriteError(file: url.relativePath, problem: problem, cannotCreate: true)
  }
}
