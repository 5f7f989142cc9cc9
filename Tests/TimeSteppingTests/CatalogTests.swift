import Testing
import TimeStepping

/// Schemes by name, and what a mistyped name is answered with.
@Suite struct CatalogTests {
  @Test("Every scheme is found by its name", arguments: SchemeCatalog.names)
  func found(name: String) throws {
    #expect(try SchemeCatalog.scheme(named: name).name == name)
  }

  @Test("The arguments with which schemes are tested are understood", arguments: Subject.variants)
  func variants(text: String) throws {
    #expect(try SchemeCatalog.scheme(named: text).name == text.prefix { $0 != ":" })
  }

  @Test(
    "A mistyped name is answered with the nearest one",
    arguments: [
      ("eular", "euler"), ("huen", "heun"), ("RK4", "rk4"), ("rk33", "rk3"), ("poly2", "poly-2"),
      ("hamiltonian--2", "hamiltonian-2"), ("fractal2:k1=1", "fractal-2"),
    ])
  func mistyped(name: String, nearest: String) {
    let error = #expect(throws: UnknownNameError.self) { try SchemeCatalog.scheme(named: name) }
    #expect(error?.nearest == nearest)
    let name = name.prefix { $0 != ":" }
    #expect(
      error?.description.hasPrefix("unknown scheme '\(name)': did you mean '\(nearest)'?") == true)
  }

  @Test("A name like no other is answered with the list alone", arguments: ["", "adams-bashforth"])
  func unlike(name: String) {
    let error = #expect(throws: UnknownNameError.self) { try SchemeCatalog.scheme(named: name) }
    #expect(error?.nearest == nil)
    #expect(
      error?.description
        == "unknown scheme '\(name)'. Known: \(SchemeCatalog.names.joined(separator: ", "))")
  }

  @Test(
    "Distances between names",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("euler", "euler", 0), ("kitten", "sitting", 3),
      ("heun", "huen", 1), ("resnet-20", "resnet-110", 2), ("ab", "bca", 3),
    ])
  func distances(first: String, second: String, distance: Int) {
    #expect(NearestName.distance(first, second) == distance)
    #expect(NearestName.distance(second, first) == distance)
  }

  @Test("Of equally near names, the first; without names, none")
  func ties() {
    #expect(NearestName.nearest(to: "rk5", in: ["rk4", "rk3"]) == "rk4")
    #expect(NearestName.nearest(to: "rk5", in: []) == nil)
  }
}
