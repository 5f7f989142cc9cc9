import Foundation
import TimestepDiagnostics
import TimestepTorch

/// A page with what is known of the runs, the experiments and the diagnostics in a directory, and pictures of each plot.
public struct DirectoryReport {
  /// The directory.
  public let directory: URL
  /// The page's sections, and what could not be read.
  public let page: ReportPage

  /// Reads what lies in the directory and below it; what cannot be read is noted in the page.
  ///
  /// - Throws: ``RunError`` where there is nothing.
  public init(_ directory: URL) throws {
    guard FileManager.default.fileExists(atPath: directory.path) else {
      throw RunError(.notFound, "\(directory.path): there is no such directory")
    }
    self.directory = directory
    var unreadable: [UnreadableFile] = []
    var sections: [ReportPage.Section] = []
    var runs: Set<String> = []
    for folder in ResultFolders.below(directory, unreadable: &unreadable) {
      if RunDirectory(folder).holdsRun {
        let place = ResultFolders.place(of: folder, in: directory)
        sections.append(try .of(RunDirectory(folder), place, unreadable: &unreadable))
        runs.insert(folder.path)
      }
      if Self.exists(ExperimentRecord.fileName, in: folder),
        let (record, figures) = ExperimentRecord.read(from: folder, unreadable: &unreadable)
      {
        var section = try record.section(figures)
        section.folder = folder
        sections.append(section)
      }
      if Self.exists(DiagnosticRecord.fileName, in: folder),
        let (record, result) = DiagnosticRecord.read(from: folder, unreadable: &unreadable),
        !Self.repeatsRun(record, result, folder, runs)
      {
        sections.append(Self.section(record, result, folder))
      }
    }
    guard !sections.isEmpty || !unreadable.isEmpty else {
      throw RunError(
        .notFound,
        "\(directory.path): holds neither a run nor results of 'timestep diagnose' or 'timestep experiment'"
      )
    }
    page = ReportPage(
      "Report on \(directory.lastPathComponent)", sections: sections, unreadable: unreadable)
  }

  /// Draws the plots, writes the page, and each plot as `DIR/plots/NAME.svg` and `.png`.
  ///
  /// - Parameter page: the page's file, nil for `DIR/report.html`.
  /// - Returns: the page's file, the pictures, and why there are none.
  /// - Throws: `AtomicFile.WriteError`, before anything is drawn where a place cannot be written to.
  public func write(
    to page: URL? = nil, withPictures: Bool = true, isDrawn: Bool = true,
    renderer: PlotRenderer = PlotRenderer()
  ) throws -> (page: URL, pictures: [URL], notice: String?) {
    let file = page ?? directory.appendingPathComponent("report.html")
    let folder = PictureFolder(of: directory)
    try OutputPlace.check(file: file)
    if withPictures { try OutputPlace.check(directory: folder.url) }
    var drawing: PlotRenderer.Drawing?
    var notice: String?
    do {
      drawing = isDrawn ? try renderer.draw(self.page.specifications()) : nil
    } catch let error as DiagnosticError where error.kind == .unavailable {
      notice = error.description
    }
    try AtomicFile.write(
      Data(try self.page.html(drawing, notice: notice, in: file.deletingLastPathComponent()).utf8),
      to: file)
    let plots = self.page.sections.flatMap { $0.result.plots.map(\.name) }
    guard withPictures else { return (file, [], notice) }
    return (file, try folder.write(drawing?.pictures, of: plots), notice)
  }

  private static func exists(_ name: String, in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  /// Whether these are the curves of the one run in whose directory they lie, which its own section shows as they are
  /// now.
  private static func repeatsRun(
    _ record: DiagnosticRecord, _ result: DiagnosticResult, _ folder: URL, _ runs: Set<String>
  ) -> Bool {
    let run = folder.deletingLastPathComponent().deletingLastPathComponent().path
    guard record.diagnostic == TrainingCurves().name, runs.contains(run) else { return false }
    return result.tables.allSatisfy { Set(zip($0["run"], $0["seed"]).map { [$0, $1] }).count <= 1 }
  }

  private static func section(
    _ record: DiagnosticRecord, _ result: DiagnosticResult, _ folder: URL
  ) -> ReportPage.Section {
    ReportPage.Section(
      "\(record.diagnostic): \(record.title)",
      subtitle: "\(record.equation). \(record.source). \(record.label); "
        + String(format: "%.1f s", record.seconds),
      summary: record.summary, result: result, folder: folder)
  }
}
