import Foundation
import TestSupport
import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// Whatever stands in the catalog is measured on small subjects, and its tables and plots are looked at.
@Suite("Every diagnostic of the catalog")
struct CatalogTests {
  static let names = DiagnosticCatalog.all.map(\.name)

  @Test("Names, titles and arguments are there, and no name twice")
  func entries() throws {
    #expect(Set(Self.names).count == Self.names.count)
    for diagnostic in DiagnosticCatalog.all {
      #expect(diagnostic.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
      for text in [diagnostic.title, diagnostic.equation, diagnostic.source] {
        #expect(!text.isEmpty, "\(diagnostic.name)")
      }
      #expect(Set(diagnostic.arguments.map(\.key)).count == diagnostic.arguments.count)
      // What is written as the standard is accepted.
      let values = diagnostic.arguments.map { "\($0.key)=\($0.standard)" }
      let text =
        diagnostic.name + (values.isEmpty ? "" : ":") + values.joined(separator: ",")
      _ = try DiagnosticCatalog.diagnostic(named: text)
    }
    #expect(throws: UnknownNameError.self) { try DiagnosticCatalog.diagnostic(named: "gradients") }
    #expect(throws: ArgumentError.self) {
      try DiagnosticCatalog.diagnostic(named: "robustness:level=1")
    }
  }

  @Test(
    "It runs on a subject that it fits, refuses others in words, and leaves the network alone",
    arguments: names)
  func runs(name: String) throws {
    let diagnostic = try DiagnosticCatalog.diagnostic(named: name)
    var measured = 0
    var (columns, filled): (Set<String>, Set<String>) = ([], [])
    // What looks at nothing gives the same whatever it is given.
    let subjects = diagnostic.input == .nothing ? ["nothing"] : Subjects.names
    for subject in subjects {
      let context = try Subjects.make(subject)
      let before = try context.network.map(Self.numbers)
      do {
        let result = try diagnostic(context)
        measured += 1
        try check(result, "\(name) on \(subject)")
        for table in result.tables {
          for column in table.columns where column.kind == .number {
            columns.insert("\(table.name).\(column.name)")
            guard table.numbers(column.name).contains(where: { !$0.isNaN }) else { continue }
            filled.insert("\(table.name).\(column.name)")
          }
        }
        if measured == 1 {
          let again = try diagnostic(context)
          #expect(again.tables.map(\.csv) == result.tables.map(\.csv), "\(name) on \(subject)")
        }
      } catch let error as DiagnosticError {
        #expect(error.kind == .doesNotApply, "\(error)")
        #expect(error.problem.count > 15, "\(error)")
      }
      #expect(try context.network.map(Self.numbers) == before, "\(name) on \(subject)")
      let gradients = try context.network?.parameters.trainable.compactMap { try $0.value.gradient }
      #expect(gradients?.isEmpty != false, "\(name) on \(subject)")
    }
    #expect(measured > 0, "\(name) fits none of the subjects")
    // Bounds that do not hold for a scheme are missing; on one of the subjects each number is there.
    #expect(columns.subtracting(filled).isEmpty, "\(name)")
  }

  @Test("It says what it takes, and looks at one scheme where it can", arguments: names)
  func subjects(name: String) throws {
    let diagnostic = try DiagnosticCatalog.diagnostic(named: name)
    #expect(!diagnostic.subjects.isEmpty)
    guard diagnostic.input == .nothing, diagnostic.choosesScheme else {
      let error = #expect(throws: ArgumentError.self) {
        try DiagnosticCatalog.diagnostic(named: name, ofScheme: "euler")
      }
      #expect(error?.problem == "takes \(diagnostic.subjects)")
      return
    }
    let context = DiagnosticContext("one scheme")
    let single = try DiagnosticCatalog.diagnostic(named: name, ofScheme: "rk4")
    let one = try single(context)
    let all = try diagnostic(context)
    let schemes = one.tables.compactMap { $0.index(of: "scheme") == nil ? nil : Set($0["scheme"]) }
    #expect(schemes.allSatisfy { $0.count == 1 }, "\(name)")
    #expect(one.tables[0].rows.count < all.tables[0].rows.count, "\(name)")
    #expect(throws: ArgumentError.self) {
      try DiagnosticCatalog.diagnostic(named: "\(name):scheme=heun", ofScheme: "rk4")
    }
  }

  private static func numbers(_ network: ResidualNetwork) throws -> [[Double]] {
    try network.parameters.all.map { try $0.value.scalars(Double.self) }
      + [try network.randomness.state().map { Double($0) }]
  }

  private func check(_ result: DiagnosticResult, _ place: String) throws {
    #expect(!result.tables.isEmpty, "\(place)")
    #expect(Set(result.tables.map(\.name)).count == result.tables.count, "\(place)")
    #expect(Set(result.plots.map(\.name)).count == result.plots.count, "\(place)")
    for table in result.tables {
      #expect(!table.rows.isEmpty, "\(place): \(table.name)")
      #expect(!table.title.isEmpty && !table.source.isEmpty, "\(place): \(table.name)")
      for column in table.columns {
        #expect(
          column.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }
            && !column.title.isEmpty,
          "\(place): \(table.name).\(column.name)")
      }
    }
    for plot in result.plots {
      let specification = try plot.specification(result.tables)
      let text = try specification.data()
      #expect(try JSONDecoder().decode(JSONValue.self, from: text) == specification, "\(place)")
      #expect(!plot.title.isEmpty, "\(place)")
    }
    let scratch = try Scratch()
    let files = try result.write(to: scratch.url)
    #expect(files.count == 2 * result.tables.count + result.plots.count + result.pages.count)
    for table in result.tables {
      let file = scratch.url.appendingPathComponent("\(table.name).json")
      #expect(try DiagnosticTable(contentsOf: file).csv == table.csv, "\(place): \(table.name)")
    }
  }
}
