import Foundation
import Testing
import TimestepDiagnostics

struct TableTests {
  private func table() throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "values", "Values", source: "this test", notes: ["one note"],
      columns: [
        .integer("step", "step"), .number("value", "value", unit: "s"), .text("word", "word"),
        .flag("is_good", "good"),
      ])
    try table.append([1, 0.5, "a, \"b\"\nc", true])
    try table.append([2, .number(.nan), .missing, false])
    try table.append([3, .number(-.infinity), "", .missing])
    try table.append([4, 2, "x", true])
    return table
  }

  @Test func csvQuotesWhatItHasToAndNamesWhatIsNoNumber() throws {
    #expect(
      try table().csv == """
        step,value,word,is_good
        1,0.5,"a, ""b""
        c",true
        2,nan,,false
        3,-inf,,
        4,2,x,true

        """)
  }

  @Test func jsonComesBack() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "timestep-table-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let table = try table()
    let files = try table.write(to: folder)
    #expect(files.map(\.lastPathComponent) == ["values.csv", "values.json"])
    let read = try DiagnosticTable(contentsOf: files[1])
    #expect(read.csv.replacingOccurrences(of: "2.0", with: "2") == table.csv)
    #expect(read.columns == table.columns)
    #expect(read.notes == table.notes)
    try Data("[]".utf8).write(to: files[1])
    #expect(throws: DiagnosticError.self) { try DiagnosticTable(contentsOf: files[1]) }
  }

  @Test func refusesRowsThatDoNotFit() throws {
    var table = try table()
    #expect(throws: DiagnosticError.self) { try table.append([1]) }
    #expect(throws: DiagnosticError.self) { try table.append(["1", 2, "x", true]) }
    #expect(table.rows.count == 4)
  }
}
