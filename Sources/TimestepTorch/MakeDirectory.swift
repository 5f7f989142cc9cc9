import Foundation

extension URL {
  /// Makes the directory and those above it.
  ///
  /// - Throws: `AtomicFile.WriteError`.
  package func makeDirectory() throws {
    do {
      try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
    } catch {
      throw AtomicFile.WriteError(
        file: path, problem: "cannot be created: \(error.localizedDescription)", cannotCreate: true)
    }
  }
}
