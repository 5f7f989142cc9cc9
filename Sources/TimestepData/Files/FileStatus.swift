import Foundation

/// Questions about paths, links followed.
enum FileStatus {
  /// Whether there is anything at the path.
  static func exists(_ path: String) -> Bool { mode(path) != nil }

  /// Whether there is a directory at the path.
  static func isDirectory(_ path: String) -> Bool {
    mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false
  }

  /// Whether the path itself is a link.
  static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether files can be made below the path, whose own directories may still have to be made.
  static func canHoldFiles(_ path: String) -> Bool {
    var url = URL(fileURLWithPath: path)
    while !exists(url.path), url.path != "/" { url.deleteLastPathComponent() }
    return isDirectory(url.path) && access(url.path, W_OK) == 0
  }

  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode : nil
  }
}
