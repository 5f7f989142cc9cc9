import Foundation
import TestSupport
import Testing
import TimestepDiagnostics
import TimestepExperiments
import TimestepTorch

/// Reports on directories in which not everything is whole.
@Suite("Reports on directories")
struct DirectoryReportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let noRenderer = PlotRenderer(
    environment: ["TIMESTEP_PYTHON": "/nonexistent/python"])

  /// Results of two small diagnostics, one of them with a page.
  private func write() throws -> URL {
    var table = DiagnosticTable(
      "first", "First", source: "this test", columns: [.integer("x", "x"), .number("y", "y")])
    try table.append([1, 0.5])
    var second = table.keeping(as: "second", "Second") { _ in true }
    try second.append([2, 0.25])
    func plot(_ table: String) -> Plot {
      Plot(
        "\(table)-plot", "Plot of \(table)",
        layers: [.init(.line(), of: table, x: .column("x"), y: .column("y"))])
    }
    let result = DiagnosticResult(
      tables: [table, second], plots: [plot("first"), plot("second")], summary: ["found"],
      pages: ["page.html": "<p>a page</p>"])
    let directory = scratch.url.appendingPathComponent("results")
    for name in ["relative-step", "robustness"] {
      let diagnostic = try DiagnosticCatalog.diagnostic(named: name)
      let record = DiagnosticRecord(
        result, of: diagnostic, named: name, label: "label", seconds: 1)
      try record.write(result, to: directory.appendingPathComponent(name))
    }
    return directory
  }

  @Test(
    "A file that is cut, damaged or gone is named, and the rest is shown",
    arguments: ["diagnostic.json", "first.json", "second.json", "page.html"],
    ["", "{\"", "[]", "null", "\u{0}", nil])
  func damaged(name: String, text: String?) throws {
    // A page is any text.
    if name == "page.html", text != nil { return }
    let directory = try write()
    let file = directory.appendingPathComponent("relative-step/\(name)")
    if let text {
      try Data(text.utf8).write(to: file)
    } else {
      try FileManager.default.removeItem(at: file)
    }
    let page = try DirectoryReport(directory).page
    let section = page.sections.first { $0.title.hasPrefix("relative-step") }
    #expect(page.sections.contains { $0.title.hasPrefix("robustness") })
    if name == "diagnostic.json" {
      #expect(section == nil)
      // Without a record there are no results.
      if text == nil { return #expect(page.unreadable.isEmpty) }
    } else {
      let result = try #require(section).result
      #expect(result.tables.count == (name == "page.html" ? 2 : 1))
      #expect(result.plots.count == result.tables.count)
    }
    #expect(page.unreadable.map(\.file) == [file.path])
    #expect(page.unreadable[0].problem.count > 8)
    #expect(try page.html(nil).contains("cannot be read: \(file.path)"))
  }

  @Test("Every prefix of every file of a result gives a page")
  func cut() throws {
    let directory = try write()
    for name in ["diagnostic.json", "first.json"] {
      let file = directory.appendingPathComponent("robustness/\(name)")
      let whole = try Data(contentsOf: file)
      for length in stride(from: 0, to: whole.count - 2, by: 7) {
        try whole.prefix(length).write(to: file)
        let page = try DirectoryReport(directory).page
        #expect(page.unreadable.map(\.file) == [file.path], "\(length) bytes of \(name)")
        #expect(throws: Never.self) { try page.html(nil) }
      }
      try whole.write(to: file)
    }
    #expect(try DirectoryReport(directory).page.unreadable.isEmpty)
  }

  @Test(
    "Of a run with a damaged file the rest is shown",
    arguments: ["summary.json", "metrics.csv", "config.yaml"])
  func run(name: String) throws {
    let (directory, _) = try train(
      tinyOptions(scratch, "{epochs: 1}"), into: "run", of: scratch)
    let titles = try DirectoryReport(directory.url).page.sections[0].result.tables.map(\.name)
    #expect(titles == ["summary", "training-curves", "configuration"])
    let file = directory.url.appendingPathComponent(name)
    try Data(contentsOf: file).prefix(50).write(to: file)
    let page = try DirectoryReport(directory.url).page
    #expect(page.unreadable.map(\.file) == [file.path])
    #expect(page.sections[0].result.tables.count == 2)
  }

  @Test("Curves of a run stand on its page once, as they are now")
  func curves() throws {
    var runs: [RunDirectory] = []
    for seed in [1, 2] {
      let options = try tinyOptions(scratch, "{epochs: 1, seed: \(seed)}")
      runs.append(try train(options, into: "runs/\(seed)", of: scratch).directory)
    }
    func diagnose(_ runs: [RunDirectory], to name: String) throws {
      let result = try TrainingCurves()(DiagnosticContext("", histories: runs.histories()))
      let record = DiagnosticRecord(
        result, of: TrainingCurves(), named: "training-curves", label: "", seconds: 1)
      try record.write(
        result, to: runs[0].url.appendingPathComponent("diagnostics/\(name)"))
    }
    try diagnose([runs[0]], to: "training-curves")
    #expect(try DirectoryReport(runs[0].url).page.sections.count == 1)
    try diagnose(runs, to: "both")
    #expect(try DirectoryReport(runs[0].url).page.sections.count == 2)
  }

  @Test("Pictures of plots that have gone are removed, and no other file")
  func pictures() throws {
    let folder = scratch.url.appendingPathComponent("plots")
    let picture = PlotRenderer.Picture(svg: Data([1]), png: Data([2]))
    let pictures = PictureFolder(folder)
    #expect(try pictures.write(nil, of: ["a"]).isEmpty && scratch.names(in: "plots").isEmpty)
    let files = try pictures.write([picture, picture, picture], of: ["a", "b", "a"])
    #expect(
      files.map(\.lastPathComponent) == [
        "a.svg", "a.png", "b.svg", "b.png", "a-2.svg", "a-2.png",
      ])
    try scratch.write("mine", to: "plots/mine.png")
    try scratch.write("outside", to: "outside.png")
    let list = folder.appendingPathComponent("pictures.txt")
    let text = try String(contentsOf: list, encoding: .utf8)
    try Data((text + "../outside.png\n").utf8).write(to: list)
    _ = try pictures.write([picture], of: ["b"])
    #expect(scratch.names(in: "plots") == ["b.png", "b.svg", "mine.png", "pictures.txt"])
    #expect(scratch.names().contains("outside.png"))
    // Without a renderer those of plots that have gone are removed too.
    #expect(try pictures.write(nil, of: ["c"]).isEmpty)
    #expect(scratch.names(in: "plots") == ["mine.png", "pictures.txt"])
    _ = try pictures.write([picture], of: ["b"])
    try pictures.removeAll()
    #expect(scratch.names(in: "plots") == ["mine.png"] && scratch.names().contains("outside.png"))
    #expect(PictureFolder.distinct(["a", "a", "a-2", "a"]) == ["a", "a-3", "a-2", "a-4"])
  }

  @Test("What is in the way of a result is refused before the work")
  func inTheWay() throws {
    let directory = try write()
    let report = try DirectoryReport(directory)
    try scratch.write("a file", to: "results/plots")
    func refused(_ body: () throws -> Void, _ part: String) {
      let error = #expect(throws: AtomicFile.WriteError.self, performing: body)
      #expect(error?.cannotCreate == true && error?.description.contains(part) == true)
    }
    refused({ _ = try report.write(renderer: Self.noRenderer) }, "results/plots is a file")
    #expect(!scratch.names(in: "results").contains("report.html"))
    #expect(throws: Never.self) {
      try report.write(withPictures: false, renderer: Self.noRenderer)
    }
    refused({ try OutputPlace.check(file: directory) }, "is a directory")
    refused({ try OutputPlace.check(file: scratch.url.appendingPathComponent("no/x")) }, "no direc")
    refused(
      { try OutputPlace.check(directory: directory.appendingPathComponent("plots/a/b")) }, "a file")
  }

  @Test("A result that replaces another leaves none of its files")
  func replaced() throws {
    let directory = try write().appendingPathComponent("robustness")
    try scratch.write("mine", to: "results/robustness/mine.csv")
    let (record, before) = try #require(try Self.read(directory))
    var result = before
    result.tables.removeLast()
    result.plots.removeLast()
    result.pages = [:]
    let diagnostic = try DiagnosticCatalog.diagnostic(named: "robustness")
    try DiagnosticRecord(
      result, of: diagnostic, named: record.diagnostic, label: "", seconds: 1
    ).write(result, to: directory)
    #expect(
      scratch.names(in: "results/robustness") == [
        "diagnostic.json", "first-plot.vl.json", "first.csv", "first.json", "mine.csv",
      ])
  }

  private static func read(_ directory: URL) throws -> (DiagnosticRecord, DiagnosticResult)? {
    var unreadable: [UnreadableFile] = []
    return DiagnosticRecord.read(from: directory, unreadable: &unreadable)
  }

  @Test("A link back to where it lies ends nothing")
  func link() throws {
    let directory = try write()
    try FileManager.default.createSymbolicLink(
      at: directory.appendingPathComponent("again"), withDestinationURL: directory)
    #expect(try DirectoryReport(directory).page.sections.count == 2)
  }
}
