import Foundation
import TimestepDiagnostics
import TimestepTorch

/// The folder with the pictures of a report's plots, `NAME.svg` and `NAME.png`.
///
/// `pictures.txt` lists what a report has written, so that pictures of plots that are no longer there are removed, and
/// no other file is.
package struct PictureFolder {
  /// The list of pictures.
  package static let list = "pictures.txt"
  /// Where it is.
  package let url: URL

  /// Refers to a folder, whether or not it exists.
  package init(_ url: URL) { self.url = url }

  /// Refers to the folder of a directory with results.
  package init(of directory: URL) { self.init(directory.appendingPathComponent("plots")) }

  /// Writes the pictures of plots and removes those of plots that have gone.
  ///
  /// - Parameters:
  ///   - pictures: one for each plot; nil where they cannot be drawn, so that none is written.
  ///   - plots: the plots' names; files are numbered where two are called the same.
  /// - Returns: the files that were written.
  package func write(_ pictures: [PlotRenderer.Picture]?, of plots: [String]) throws -> [URL] {
    let names = Self.distinct(plots)
    let current = names.flatMap { ["\($0).svg", "\($0).png"] }
    let earlier = try listed()
    try remove(earlier.filter { !current.contains($0) })
    guard let pictures else {
      if !earlier.isEmpty { try write(list: earlier.filter(current.contains)) }
      return []
    }
    try url.makeDirectory()
    // Before the pictures: what is written is listed, even if a later one fails.
    try write(list: current)
    var files: [URL] = []
    for (name, picture) in zip(names, pictures) {
      for (ending, data) in [("svg", picture.svg), ("png", picture.png)] {
        let file = url.appendingPathComponent("\(name).\(ending)")
        try AtomicFile.write(data, to: file)
        files.append(file)
      }
    }
    return files
  }

  /// Removes all pictures and their list, and the folder where nothing else is in it.
  package func removeAll() throws {
    let names = try listed()
    guard !names.isEmpty else { return }
    try remove(names + [Self.list])
    if try FileManager.default.contentsOfDirectory(atPath: url.path).isEmpty { try remove([""]) }
  }

  private func remove(_ names: [String]) throws {
    for name in names {
      let file = url.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: file.path) {
        try FileManager.default.removeItem(at: file)
      }
    }
  }

  /// The names of the pictures that an earlier report wrote.
  private func listed() throws -> [String] {
    let file = url.appendingPathComponent(Self.list)
    guard FileManager.default.fileExists(atPath: file.path) else { return [] }
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    return text.split(separator: "\n").map(String.init).filter {
      !$0.contains("/") && ($0.hasSuffix(".svg") || $0.hasSuffix(".png"))
    }
  }

  private func write(list names: [String]) throws {
    try AtomicFile.write(
      Data(names.map { $0 + "\n" }.joined().utf8), to: url.appendingPathComponent(Self.list))
  }

  /// Names of which no two are the same: the second `a` is `a-2`, unless a plot is called so.
  package static func distinct(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      var (candidate, number) = (name, 1)
      while (number > 1 && names.contains(candidate)) || !taken.insert(candidate).inserted {
        number += 1
        candidate = "\(name)-\(number)"
      }
      return candidate
    }
  }
}
