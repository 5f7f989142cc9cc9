import Foundation
import TimestepData

/// Draws plots by the Python package `vl-convert-python`, in a process of its own.
public struct PlotRenderer: Sendable {
  /// What became of a plot.
  public struct Picture: Sendable {
    /// The picture as SVG.
    public var svg: Data
    /// The picture as PNG, two pixels for each of the plot's.
    public var png: Data
    /// The picture as PNG, one pixel for each of the plot's; nil where the SVG is smaller.
    public var preview: Data?

    /// Joins the pictures.
    public init(svg: Data, png: Data, preview: Data? = nil) {
      self.svg = svg
      self.png = png
      self.preview = preview
    }
  }

  /// What was drawn, and what a page needs to draw plots itself.
  public struct Drawing: Sendable {
    /// The pictures, in the order of the specifications.
    public var pictures: [Picture]
    /// Vega, Vega-Lite and Vega-Embed as one script.
    public var script: String

    /// Joins pictures and script.
    public init(pictures: [Picture], script: String) {
      self.pictures = pictures
      self.script = script
    }
  }

  /// The Python that is asked.
  public let python: String

  /// Looks for the package with the Python that the environment variable `TIMESTEP_PYTHON` names, or `python3`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    python = environment["TIMESTEP_PYTHON"].flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
  }

  /// What helps where the package is not there.
  public var remedy: String {
    "install it with '\(python) -m pip install vl-convert-python', or name a Python that has it by TIMESTEP_PYTHON"
  }

  private static let isMissing: Int32 = 3
  /// Bytes of SVG up to which no PNG is smaller.
  private static let smallest = 20_000

  private static let program = """
    import json, pathlib, sys
    try:
        import vl_convert
    except ImportError:
        sys.exit(\(isMissing))
    folder = pathlib.Path(sys.argv[1])
    versions = [v for v in vl_convert.get_vegalite_versions() if v.startswith("5.")]
    version = max(versions, key=lambda v: [int(part) for part in v.split(".")])
    for path in sorted(folder.glob("*.vl.json")):
        specification = json.loads(path.read_text(encoding="utf-8"))
        stem = str(path)[:-len(".vl.json")]
        svg = vl_convert.vegalite_to_svg(specification, vl_version=version)
        pathlib.Path(stem + ".svg").write_text(svg, encoding="utf-8")
        pathlib.Path(stem + ".png").write_bytes(vl_convert.svg_to_png(svg, scale=2))
        if len(svg) > \(smallest):
            pathlib.Path(stem + ".preview.png").write_bytes(vl_convert.svg_to_png(svg, scale=1))
    script = vl_convert.javascript_bundle(vl_version=version)
    (folder / "bundle.js").write_text(script, encoding="utf-8")
    """

  /// Draws specifications.
  ///
  /// - Throws: ``DiagnosticError`` of kind `unavailable`, with the remedy, where Python or the package is missing, and of
  ///   kind `fault` where a specification cannot be drawn.
  public func draw(_ specifications: [JSONValue]) throws -> Drawing {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("timestep-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let names = specifications.indices.map { String(format: "%06d", $0) }
    for (name, specification) in zip(names, specifications) {
      try specification.data(pretty: false).write(
        to: folder.appendingPathComponent("\(name).vl.json"))
    }
    try run([folder.path])
    func read(_ name: String) throws -> Data {
      try Data(contentsOf: folder.appendingPathComponent(name))
    }
    func preview(_ name: String) throws -> Data? {
      let file = folder.appendingPathComponent(name)
      return FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil
    }
    return Drawing(
      pictures: try names.map {
        Picture(
          svg: try read("\($0).svg"), png: try read("\($0).png"),
          preview: try preview("\($0).preview.png"))
      },
      script: String(decoding: try read("bundle.js"), as: UTF8.self))
  }

  private func run(_ arguments: [String]) throws {
    let process = ChildProcess(
      URL(fileURLWithPath: "/usr/bin/env"), [python, "-c", Self.program] + arguments,
      // The libraries that this program was started with are not Python's.
      environment: ProcessInfo.processInfo.environment.filter { $0.key != "LD_LIBRARY_PATH" })
    let ending: ChildProcess.Ending
    do { ending = try process.run() } catch {
      throw DiagnosticError(.unavailable, "vl-convert-python", "\(error); \(remedy)")
    }
    switch ending.status {
    case 0: return
    case Self.isMissing:
      throw DiagnosticError(
        .unavailable, "vl-convert-python", "\(python) does not have it; \(remedy)")
    case 126, 127:
      throw DiagnosticError(.unavailable, "vl-convert-python", "there is no \(python); \(remedy)")
    default:
      throw DiagnosticError(
        .fault, "vl-convert-python", "cannot draw a plot: \(ending.lastError ?? "no reason given")")
    }
  }
}
