import Foundation

/// Where data sets are looked for.
///
/// In this order: the directory that was named (itself, or its folder NAME); `$TIMESTEP_DATA/NAME`; `.data/NAME`
/// in the current directory and in each above it; `/usr/share/datasets/NAME`. A directory that was named is
/// never passed over for another.
public struct DatasetSearch: Sendable {
  /// The directory that `TIMESTEP_DATA` names, or nil.
  public var dataDirectory: String?
  /// Where the way up through the directories begins.
  public var currentDirectory: String
  /// Where the system keeps data sets.
  public var systemDirectory: String

  /// Looks where the process runs, unless told otherwise.
  public init(
    dataDirectory: String? = ProcessInfo.processInfo.environment["TIMESTEP_DATA"],
    currentDirectory: String = FileManager.default.currentDirectoryPath,
    systemDirectory: String = "/usr/share/datasets"
  ) {
    self.dataDirectory = dataDirectory.flatMap { $0.isEmpty ? nil : $0 }
    self.currentDirectory = currentDirectory
    self.systemDirectory = systemDirectory
  }

  /// The places for a set of this name when none was named, in order.
  public func candidates(for name: String) -> [String] {
    var places = dataDirectory.map { ["\($0)/\(name)"] } ?? []
    var directory = currentDirectory.split(separator: "/").map(String.init)
    while true {
      places.append("/" + (directory + [".data", name]).joined(separator: "/"))
      if directory.isEmpty { break }
      directory.removeLast()
    }
    return places + ["\(systemDirectory)/\(name)"]
  }

  /// The directory that holds the set.
  ///
  /// Throws `DataError(.notFound)` with the places that were looked at and what provides the data.
  public func directory(of dataset: DatasetDescriptor, explicit: String? = nil) throws -> String {
    if let explicit {
      guard FileStatus.exists(explicit) else {
        let isName = DatasetCatalog.names.contains(explicit)
        throw DataError(
          .notFound, file: explicit, problem: "there is no such directory for \(dataset.title)",
          remedy: isName
            ? "that is the name of a data set, which --dataset takes; --data takes the directory with its files"
            : dataset.advice(directory: explicit))
      }
      guard FileStatus.isDirectory(explicit) else {
        throw DataError(
          .badData, file: explicit,
          problem: "is a file where the directory of a data set is expected",
          remedy: dataset.advice(directory: nil))
      }
      // Without any marker the reader names the first file that is missing.
      return [explicit, "\(explicit)/\(dataset.name)"].first { holds(dataset, $0) } ?? explicit
    }
    let places = candidates(for: dataset.name)
    guard let found = places.first(where: { holds(dataset, $0) }) else {
      throw DataError(
        .notFound,
        problem: "\(dataset.title) was not found; looked in \(places.joined(separator: ", "))",
        remedy: dataset.advice(directory: nil))
    }
    return found
  }

  private func holds(_ dataset: DatasetDescriptor, _ directory: String) -> Bool {
    dataset.markers.contains { FileStatus.exists("\(directory)/\($0)") }
  }
}
