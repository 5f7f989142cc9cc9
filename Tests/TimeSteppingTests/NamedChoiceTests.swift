import Testing
import TimeStepping

/// Arguments of schemes, good and bad.
@Suite struct NamedChoiceTests {
  private enum Colour: String, CaseIterable { case red, green }

  @Test("Name and values, in any order, and the text in alphabetical order")
  func good() throws {
    let choice = try NamedChoice("scheme", "lm:k=trained,boundary=project")
    #expect(choice.kind == "scheme")
    #expect(choice.name == "lm")
    #expect(choice.values == ["k": "trained", "boundary": "project"])
    #expect(choice.description == "lm:boundary=project,k=trained")
    #expect(try NamedChoice("scheme", choice.description) == choice)
    #expect(try NamedChoice("scheme", "euler").description == "euler")
    #expect(try NamedChoice("scheme", "a:b=c=d").values == ["b": "c=d"])
  }

  @Test(
    "Arguments without key or value",
    arguments: ["lm:", "lm:k", "lm:k=", "lm:=1", "lm:k=1,", "lm:,k=1", "lm:k=1,,shape=scalar"])
  func malformed(text: String) {
    let error = #expect(throws: ArgumentError.self) { try NamedChoice("scheme", text) }
    #expect(
      error?.description.hasPrefix(
        "scheme lm: expected KEY=VALUE after 'lm:', separated by commas, not '") == true)
  }

  @Test("An argument given twice")
  func twice() {
    let error = #expect(throws: ArgumentError.self) { try NamedChoice("scheme", "lm:k=1,k=0") }
    #expect(error?.description == "scheme lm: 'k' is given twice")
  }

  @Test("Values of the four kinds")
  func values() throws {
    let choice = try NamedChoice("scheme", "x:a=-0.5,b=7,c=green,d=yes,e=no")
    #expect(try choice.number("a") == -0.5)
    #expect(try choice.number("a", in: -1...1) == -0.5)
    #expect(try choice.integer("b", in: 1...7) == 7)
    #expect(try choice.option("c", Colour.self) == .green)
    #expect(try choice.flag("d") == true)
    #expect(try choice.flag("e") == false)
    #expect(try choice.number("z") == nil)
    #expect(try choice.integer("z", in: 0...1) == nil)
    #expect(try choice.option("z", Colour.self) == nil)
    #expect(try choice.flag("z") == nil)
  }

  @Test("Values that are not of their kind, or out of range")
  func badValues() throws {
    let choice = try NamedChoice("scheme", "x:a=nan,b=2,c=blue,d=1,e=inf,f=1.5")
    func problem<Value>(_ read: () throws -> Value) -> String? {
      do {
        _ = try read()
        return nil
      } catch {
        return (error as? ArgumentError)?.problem
      }
    }
    #expect(problem { try choice.number("a") } == "a=nan: expected a finite number")
    #expect(problem { try choice.number("e") } == "e=inf: expected a finite number")
    #expect(
      problem { try choice.number("b", in: -1...1) }
        == "b=2: expected a finite number from -1.0 to 1.0")
    #expect(
      problem { try choice.number("a", in: 0...Double.greatestFiniteMagnitude) }
        == "a=nan: expected a finite number, 0.0 or more")
    #expect(
      problem { try choice.integer("f", in: 1...3) } == "f=1.5: expected a whole number from 1 to 3"
    )
    #expect(
      problem { try choice.integer("b", in: 3...4) } == "b=2: expected a whole number from 3 to 4")
    #expect(
      problem { try choice.option("c", Colour.self) } == "c=blue: expected one of red, green")
    #expect(problem { try choice.flag("d") } == "d=1: expected yes or no")
  }

  @Test("An unknown argument is answered with the nearest one and the list")
  func unknown() {
    func message(_ text: String) -> String? {
      let error = #expect(throws: ArgumentError.self) { try SchemeCatalog.scheme(named: text) }
      return error?.description
    }
    #expect(
      message("verlet:strat=half")
        == "scheme verlet: unknown argument 'strat'; did you mean 'start'? Known: start")
    #expect(message("euler:h=1") == "scheme euler: unknown argument 'h'. It has none")
  }

  @Test(
    "A scheme with the standard value of an argument is the scheme", arguments: SchemeCatalog.names)
  func standardValues(name: String) throws {
    let scheme = try SchemeCatalog.scheme(named: name)
    for argument in scheme.arguments {
      let text = "\(name):\(argument.key)=\(argument.standard)"
      let configured = try SchemeCatalog.scheme(named: text)
      #expect(configured.order == scheme.order, "\(text)")
      #expect(configured.timeScale == scheme.timeScale, "\(text)")
      #expect(configured.evaluations == scheme.evaluations, "\(text)")
      #expect(configured.boundary == scheme.boundary, "\(text)")
      #expect(configured.trainedCoefficients == scheme.trainedCoefficients, "\(text)")
      #expect(configured.realStabilityLimit == scheme.realStabilityLimit, "\(text)")
      #expect(configured.imaginaryStabilityLimit == scheme.imaginaryStabilityLimit, "\(text)")
    }
  }

  @Test("A value that makes no sense is refused with its key", arguments: SchemeCatalog.names)
  func nonsense(name: String) throws {
    for argument in try SchemeCatalog.scheme(named: name).arguments {
      let error = #expect(throws: ArgumentError.self) {
        try SchemeCatalog.scheme(named: "\(name):\(argument.key)=nonsense")
      }
      #expect(error?.description.contains("\(argument.key)=nonsense") == true)
    }
  }

  @Test(
    "Values out of range and arguments that contradict each other",
    arguments: [
      "lm:k=1.5", "lm:k=-1,consistent=yes", "lm:k=0.1,shape=channel", "lm:clamp=yes",
      "dense-multistep:decay=1", "dense-multistep:shape=channel", "fractal:columns=7",
      "backward-euler:iterations=0", "linearly-implicit:q=-0.1",
    ])
  func refused(text: String) {
    #expect(throws: ArgumentError.self) { try SchemeCatalog.scheme(named: text) }
  }

  @Test("What the arguments of a trained scheme become")
  func trained() throws {
    let scheme = try SchemeCatalog.scheme(
      named: "lm:k=trained,shape=channel,clamp=yes,boundary=project")
    #expect(scheme.boundary == .project)
    #expect(
      scheme.trainedCoefficients == [
        TrainedCoefficient(name: "k", shape: .channel, initial: -0.1...0, bounds: -1...1)
      ])
    let dense = try SchemeCatalog.scheme(named: "dense-multistep:decay=trained")
    #expect(dense.trainedCoefficients(step: 0).isEmpty)
    #expect(dense.trainedCoefficients(step: 2).map(\.name) == ["k0", "k1", "k2"])
    #expect(dense.trainedCoefficients == dense.trainedCoefficients(step: 1))
  }
}
