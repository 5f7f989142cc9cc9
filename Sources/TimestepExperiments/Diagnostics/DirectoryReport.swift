import Foundation
import TimestepData
import TimestepDiagnostics
import TimestepTorch
import TimestepTraining

/// A page with what is known of the runs and the diagnostics in a directory, and pictures of each plot.
public struct DirectoryReport {
  /// The directory.
  public let directory: URL
  /// The page's sections.
  public let page: ReportPage

  /// Reads what lies in the directory and below it.
  ///
  /// - Throws: ``RunError`` where there is nothing, and errors that name what cannot be read.
  public init(_ directory: URL) throws {
    guard FileManager.default.fileExists(atPath: directory.path) else {
      throw RunError(.notFound, "\(directory.path): there is no such directory")
    }
    self.directory = directory
    var sections: [ReportPage.Section] = []
    for folder in Self.folders(in: directory) {
      let place = Self.place(of: folder, in: directory)
      if RunDirectory(folder).holdsRun, let section = try Self.run(RunDirectory(folder), place) {
        sections.append(section)
      }
      let results = folder.appendingPathComponent(ExperimentRecord.fileName)
      if FileManager.default.fileExists(atPath: results.path) {
        let (record, figures) = try ExperimentRecord.read(from: folder)
        sections.append(try record.section(figures))
      }
      let file = folder.appendingPathComponent(DiagnosticRecord.fileName)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      let (record, result) = try DiagnosticRecord.read(from: folder)
      sections.append(
        ReportPage.Section(
          "\(record.diagnostic): \(record.title)",
          subtitle: "\(record.equation). \(record.source). \(record.label); "
            + String(format: "%.1f s", record.seconds),
          summary: record.summary, result: result))
    }
    guard !sections.isEmpty else {
      throw RunError(
        .notFound,
        "\(directory.path): holds neither a run nor results of 'timestep diagnose' or 'timestep experiment'"
      )
    }
    page = ReportPage("Report on \(directory.lastPathComponent)", sections: sections)
  }

  /// Draws the plots, writes the page, and each plot as `DIR/plots/NAME.svg` and `.png`.
  ///
  /// - Parameter page: the page's file, nil for `DIR/report.html`.
  /// - Returns: the page's file, the pictures, and why there are none.
  public func write(
    to page: URL? = nil, withPictures: Bool = true, isDrawn: Bool = true,
    renderer: PlotRenderer = PlotRenderer()
  ) throws -> (page: URL, pictures: [URL], notice: String?) {
    let file = page ?? directory.appendingPathComponent("report.html")
    var drawing: PlotRenderer.Drawing?
    var notice: String?
    do {
      drawing = isDrawn ? try renderer.draw(self.page.specifications()) : nil
    } catch let error as DiagnosticError where error.kind == .unavailable {
      notice = error.description
    }
    try AtomicFile.write(Data(try self.page.html(drawing, notice: notice).utf8), to: file)
    guard withPictures, let drawing else { return (file, [], notice) }
    let folder = directory.appendingPathComponent("plots")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw RunError(
        .cannotCreate, "\(folder.path): cannot be created: \(error.localizedDescription)")
    }
    var pictures: [URL] = []
    for (name, picture) in zip(names, drawing.pictures) {
      for (ending, data) in [("svg", picture.svg), ("png", picture.png)] {
        let file = folder.appendingPathComponent("\(name).\(ending)")
        try AtomicFile.write(data, to: file)
        pictures.append(file)
      }
    }
    return (file, pictures, notice)
  }

  /// The names of the plots' files; numbered where two are called the same.
  private var names: [String] {
    var seen: [String: Int] = [:]
    return page.sections.flatMap { $0.result.plots.map(\.name) }.map { name in
      seen[name, default: 0] += 1
      let number = seen[name] ?? 1
      return number == 1 ? name : "\(name)-\(number)"
    }
  }

  /// The directory and those below it, in alphabetical order, without checkpoints.
  static func folders(in directory: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    let inner = names.sorted().filter { $0 != "checkpoints" && $0 != "plots" && !$0.hasPrefix(".") }
      .map { directory.appendingPathComponent($0) }
      .filter { url in
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue
      }
    return [directory] + inner.flatMap(folders)
  }

  private static func place(of folder: URL, in directory: URL) -> String {
    folder.path == directory.path
      ? folder.lastPathComponent : String(folder.path.dropFirst(directory.path.count + 1))
  }

  /// The epochs of a run and what came out of it; nil where it has no epochs yet.
  private static func run(_ run: RunDirectory, _ place: String) throws -> ReportPage.Section? {
    guard FileManager.default.fileExists(atPath: run.metrics.path) else { return nil }
    let options = try run.savedOptions()
    let histories = try [run].histories()
    let diagnostic = TrainingCurves()
    var context = DiagnosticContext(
      [options.network, options.dataset].compactMap { $0 }.joined(separator: " on "))
    context.histories = histories
    var result = try diagnostic(context)
    if let data = try? Data(contentsOf: run.summary),
      let summary = try? JSONDecoder().decode(RunSummary.self, from: data)
    {
      result.tables.insert(try table(summary), at: 0)
    }
    result.tables.append(try table(options))
    return ReportPage.Section(
      "Run \(place)", subtitle: context.label, summary: result.summary, result: result)
  }

  private static func table(_ summary: RunSummary) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "summary", "Summary", source: "summary.json",
      columns: [.text("name", "what"), .text("value", "value")])
    guard
      let values = try JSONSerialization.jsonObject(with: try summary.json()) as? [String: Any]
    else { return table }
    for key in values.keys.sorted() where !(values[key] is [String: Any]) {
      try table.append([
        .text(key.replacingOccurrences(of: "_", with: " ")), .text("\(values[key] ?? "")"),
      ])
    }
    return table
  }

  private static func table(_ options: RunOptions) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "configuration", "Configuration", source: "config.yaml",
      columns: [.text("name", "option"), .text("value", "value")])
    for line in try ConfigurationFile.text(options).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      try table.append([
        .text(parts[0]),
        .text(parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""),
      ])
    }
    return table
  }
}
