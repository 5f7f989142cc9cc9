import Foundation
import Testing
import TimeStepping
import TimestepLayers
import TimestepTorch
import TimestepTraining

/// Every method of the catalog that needs no more than values and gradients, with each line search.
@Suite("Full-batch minimisers")
struct MinimizerTests {
  static let choices = MinimizerCatalog.all.filter { $0.name != "gauss-newton" }.flatMap { method in
    LineSearchName.allCases.map { "\(method.name):line-search=\($0.rawValue)" }
  }

  @Test("A quadratic function is least where its gradient is zero", arguments: choices)
  func quadratic(choice: String) throws {
    let start = (0..<6).map { 1 + 0.3 * Double($0) }
    let problem = try TestFunctions.problem(from: start, TestFunctions.quadratic)
    let result = try MinimizerCatalog.minimizer(named: choice).minimize(
      problem, limits: MinimizationLimits(iterations: 400, gradientNorm: 1e-7))
    #expect(result.ending == .gradient, "\(result.ending), \(result.records.count)")
    let expected = try TestFunctions.numbers(6).power(-2)
    #expect(try problem.parameters.values().relativeError(to: expected) < 1e-6)
    let least = -0.5 * (1...6).reduce(0.0) { $0 + 1 / Double($1 * $1) }
    #expect(abs((result.last?.objective ?? 0) - least) < 1e-13)
  }

  @Test("Rosenbrock's valley is followed to its end", arguments: choices)
  func rosenbrock(choice: String) throws {
    let problem = try TestFunctions.problem(from: [-1.2, 1], TestFunctions.rosenbrock)
    let isFast = choice.contains("bfgs") || choice == "nonlinear-cg:line-search=wolfe"
    let result = try MinimizerCatalog.minimizer(named: choice).minimize(
      problem, limits: MinimizationLimits(iterations: isFast ? 200 : 1000, gradientNorm: 1e-6))
    guard isFast else {
      // These creep along the valley, from 24.2.
      #expect((result.last?.objective ?? 1) < 0.3)
      return
    }
    #expect(result.ending == .gradient, "\(result.ending)")
    #expect(try problem.parameters.values().relativeError(to: Tensor([1.0, 1])) < 1e-5)
  }

  @Test("Records say what was computed and where the parameters are", arguments: choices)
  func records(choice: String) throws {
    let problem = try TestFunctions.problem(from: [-1.2, 1, 0.5], TestFunctions.rosenbrock)
    var told: [MinimizationRecord] = []
    let result = try MinimizerCatalog.minimizer(named: choice).minimize(
      problem, limits: MinimizationLimits(iterations: 12)
    ) {
      told.append($0)
      return true
    }
    #expect(result.ending == .iterations)
    #expect(told == result.records)
    #expect(result.records.map(\.iteration) == Array(0...12))
    #expect(problem.work == result.last?.work)
    for (before, after) in zip(result.records, result.records.dropFirst()) {
      #expect(after.objective < before.objective)
      #expect(after.work.evaluations > before.work.evaluations)
      #expect(after.step > 0)
    }
    let recorded = try problem.objective()
    #expect(try recorded.scalar() == result.last?.objective)
    let norm = try problem.parameters.gradient(of: recorded).norm().scalar()
    #expect(norm == result.last?.gradientNorm)
    // Only wanted points have gradients under Armijo's rule.
    if choice.hasSuffix("armijo") { #expect(problem.work.gradients == result.records.count) }
  }

  @Test("The limits end it, each by its name")
  func endings() throws {
    func minimize(
      _ limits: MinimizationLimits, from start: [Double] = [-1.2, 1],
      _ function: @escaping (Tensor) throws -> Tensor = TestFunctions.rosenbrock,
      observe: (MinimizationRecord) -> Bool = { _ in true }
    ) throws -> Minimization {
      try LBFGS().minimize(
        TestFunctions.problem(from: start, function), limits: limits, observe: observe)
    }
    let few = try minimize(.init(evaluations: 9))
    #expect(few.ending == .evaluations)
    #expect((9...34).contains(few.last?.work.evaluations ?? 0))
    #expect(try minimize(.init(change: 1e-3)).ending == .change)
    let stopped = try minimize(.init(), observe: { $0.iteration < 4 })
    #expect(stopped.ending == .stopped && stopped.records.count == 5)
    #expect(try minimize(.init(), from: [1, 1]).ending == .gradient)
    let end = try minimize(.init(iterations: 10_000))
    #expect(end.ending == .lineSearch || end.ending == .gradient)
    #expect((end.last?.objective ?? 1) < 1e-20)
    #expect(try minimize(.init(), from: [.nan, 1]).ending == .notFinite)
  }

  @Test("A step into what is not finite is shortened", arguments: LineSearchName.allCases)
  func notFinite(search: LineSearchName) throws {
    // x - log x is not a number below 0, where the first step of 1 leads from x = 0.1.
    let problem = try TestFunctions.problem(from: [0.1, 0.2]) { x in
      try (x - x.logarithm()).sum() * 10
    }
    let result = try SteepestDescent(lineSearch: search).minimize(
      problem, limits: MinimizationLimits(iterations: 300, gradientNorm: 1e-6))
    #expect(result.ending == .gradient)
    #expect(try problem.parameters.values().relativeError(to: Tensor([1.0, 1])) < 1e-6)
  }

  @Test("Armijo's step is the first of 1, 1/2, 1/4 ... that falls enough")
  func armijo() throws {
    // phi(t) = 8 x^2 (1 - 16 t)^2 along -g, which falls enough for 16 t <= 2 (1 - 1e-4).
    let problem = try TestFunctions.problem(from: [1]) { try $0.square().sum() * 8 }
    let result = try SteepestDescent().minimize(problem, limits: .init(iterations: 1))
    // The first step is 1 / |g| = 1/16, at which phi is 0.
    #expect(result.last?.step == 1.0 / 16)
    #expect((result.last?.objective ?? 1) < 1e-25)
    let longer = try TestFunctions.problem(from: [0.03]) { try $0.square().sum() * 8 }
    let found = try SteepestDescent().minimize(longer, limits: .init(iterations: 1))
    #expect(found.last?.step == 1.0 / 16, "1, 1/2, 1/4 and 1/8 are too long")
    #expect(found.last?.work.evaluations == 6)
  }

  @Test("Names and arguments are refused with the reason")
  func refusals() throws {
    #expect(throws: UnknownNameError.self) { try MinimizerCatalog.minimizer(named: "newton") }
    for text in [
      "l-bfgs:memory=0", "l-bfgs:size=3", "bfgs:line-search=exact", "gauss-newton:inner=0",
    ] {
      #expect(throws: ArgumentError.self) { try MinimizerCatalog.minimizer(named: text) }
    }
    let problem = try TestFunctions.problem(from: [1, 1], TestFunctions.quadratic)
    #expect(throws: ArgumentError.self) { try GaussNewton().minimize(problem) }
    let large = try TestFunctions.problem(
      from: Array(repeating: 0, count: BFGS.mostParameters + 1), TestFunctions.quadratic)
    #expect(throws: ArgumentError.self) { try BFGS().minimize(large) }
  }
}

/// L-BFGS and its line search beside `torch.optim.LBFGS` (Tests/Golden/lbfgs.py).
@Suite("L-BFGS")
struct LBFGSTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/lbfgs.safetensors")

  @Test(
    "Points, values, steps and evaluations are those of PyTorch",
    arguments: [
      "rosenbrock-2", "rosenbrock-10", "rosenbrock-memory-3", "quadratic-12", "smooth-6",
    ])
  func golden(name: String) throws {
    let file = try Safetensors(contentsOf: Self.golden)
    func tensor(_ part: String) throws -> Tensor { try #require(file["\(name)/\(part)"]) }
    let function =
      name.hasPrefix("rosenbrock")
      ? TestFunctions.rosenbrock
      : name.hasPrefix("quadratic") ? TestFunctions.quadratic : TestFunctions.smooth
    let points = try tensor("points")
    let problem = try TestFunctions.problem(
      from: points.selected(0).scalars(Double.self), function)
    let values = try tensor("values").scalars(Double.self)
    let steps = try tensor("steps").scalars(Double.self)
    let evaluations = try tensor("evaluations").scalars(Int.self)
    var worst = 0.0
    var counted = 1
    let result = try LBFGS(memory: Int(tensor("memory").scalar())).minimize(
      problem, limits: .init(iterations: values.count - 1)
    ) { record in
      let point = try points.selected(record.iteration)
      worst = max(worst, try problem.parameters.values().relativeError(to: point))
      // The last point is minimised to rounding, which its value shows.
      let scale = abs(values[record.iteration]) + 1e-9 * abs(values[0])
      #expect(abs(record.objective - values[record.iteration]) <= 1e-6 * scale)
      counted += evaluations[record.iteration]
      #expect(record.work.evaluations == counted, "iteration \(record.iteration)")
      #expect(abs(record.step - steps[record.iteration]) <= 1e-6 * steps[record.iteration])
      return true
    }
    #expect(result.ending == .iterations)
    // Rounding is amplified from iteration to iteration along a curved valley.
    #expect(worst <= 1e-7, "\(worst)")
  }

  @Test("With exact line searches a quadratic of n numbers ends after n steps")
  func termination() throws {
    let problem = try TestFunctions.problem(from: [1, 1, 1, 1, 1], TestFunctions.quadratic)
    // A curvature share near zero makes the search nearly exact.
    let result = try ExactLBFGS().minimize(
      problem, limits: .init(iterations: 6, gradientNorm: 1e-5))
    #expect(result.ending == .gradient, "\(result.last?.gradientNorm ?? 0)")
    #expect(result.records.count <= 7)
  }

  private struct ExactLBFGS: Minimizer {
    let name = "exact"
    let title = ""
    let equation = ""
    let source = ""
    var lineSearch: any LineSearch {
      StrongWolfeSearch(curvature: 1e-9, trials: 60, resolution: 0)
    }
    func directions(for problem: any FullBatchProblem) -> any DescentDirections {
      LBFGS().directions(for: problem)
    }
  }
}
