import Foundation
import TimestepCommand
import TimestepDiagnostics
import TimestepExperiments

/// `timestep report`
func runReport(_ command: ReportCommand) throws {
  if let markdown = command.markdown { return try writeBook(command, to: markdown) }
  let report = try DirectoryReport(URL(fileURLWithPath: command.directory))
  let (page, pictures, notice) = try report.write(
    to: command.output.map { URL(fileURLWithPath: $0) }, withPictures: !command.noPictures)
  if let notice { printError("plots are not drawn: \(notice)") }
  for section in report.page.sections {
    print(section.title)
    for line in section.summary { print("  " + line) }
  }
  if !pictures.isEmpty { printError("\(pictures.count) pictures in \(command.directory)/plots") }
  print(page.relativePath)
  try refuseUnreadable(report)
}

/// Ends a command whose page could not show everything; the page is there.
func refuseUnreadable(_ report: DirectoryReport) throws {
  let lines = report.page.unreadable.map(\.description)
  guard !lines.isEmpty else { return }
  throw CommandError(status: .badData, message: lines.joined(separator: "\n"))
}

/// `timestep report --markdown`
private func writeBook(_ command: ReportCommand, to markdown: String) throws {
  let file = URL(fileURLWithPath: markdown)
  var preface = "# Results"
  if let path = command.preface {
    do { preface = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw CommandError(
        status: .inputNotFound, message: "\(path): cannot be read: \(error.localizedDescription)")
    }
  }
  let pictures = command.pictures.map { URL(fileURLWithPath: $0) } ?? file.deletingPathExtension()
  try OutputPlace.check(file: file)
  try OutputPlace.check(directory: pictures)
  try MarkdownBook(URL(fileURLWithPath: command.directory)).write(
    to: file, pictures: pictures, preface: preface)
  print(file.relativePath)
}
