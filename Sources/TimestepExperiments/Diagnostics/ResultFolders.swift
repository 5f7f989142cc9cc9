import Foundation
import TimestepDiagnostics

/// The folders of a directory in which runs and results may lie.
enum ResultFolders {
  /// The directory and those below it, in alphabetical order, each once, without checkpoints and pictures; folders that
  /// cannot be listed are noted.
  static func below(_ directory: URL, unreadable: inout [UnreadableFile]) -> [URL] {
    var seen: Set<String> = []
    return below(directory, &seen, &unreadable)
  }

  /// The path of a folder from a directory on; the directory's own name for itself.
  static func place(of folder: URL, in directory: URL) -> String {
    folder.path == directory.path
      ? folder.lastPathComponent : String(folder.path.dropFirst(directory.path.count + 1))
  }

  private static func below(
    _ directory: URL, _ seen: inout Set<String>, _ unreadable: inout [UnreadableFile]
  ) -> [URL] {
    // A link may lead back to where it lies.
    guard seen.insert(directory.resolvingSymlinksInPath().path).inserted else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    } catch {
      let problem = DiagnosticError(.badData, directory.path, error.localizedDescription)
      unreadable.append(UnreadableFile(directory, problem))
      return [directory]
    }
    var folders = [directory]
    for name in names.sorted()
    where name != "checkpoints" && name != "plots" && !name.hasPrefix(".") {
      let url = directory.appendingPathComponent(name)
      var isDirectory: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      if exists, isDirectory.boolValue { folders += below(url, &seen, &unreadable) }
    }
    return folders
  }
}
