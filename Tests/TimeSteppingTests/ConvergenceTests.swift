import RealModule
import Testing
import TimeStepping

/// The order of convergence that each scheme declares, against the one that is observed.
@Suite struct ConvergenceTests {
  @Test("Observed order on a linear problem", arguments: Subject.all)
  func linear(subject: Subject) throws {
    try check(subject.scheme, Problem.linear(subject.scheme))
  }

  @Test("Observed order on a nonlinear problem with time in it", arguments: Subject.all)
  func nonlinear(subject: Subject) throws {
    try check(subject.scheme, Problem.nonlinear(subject.scheme))
  }

  @Test(
    "A scheme that is consistent for some fields only is not so for every one",
    arguments: Subject.all.filter { $0.scheme.consistentFor != .every })
  func inconsistent(subject: Subject) throws {
    let end = try integrate(
      Problem.initial(subject.scheme), field: Problem.forced.field, scheme: subject.scheme,
      grid: TimeGrid(from: 0, to: Problem.end, steps: 512))
    #expect(abs(end[0] - Problem.forced.solution(for: subject.scheme)[0]) > 0.1)
  }

  /// The slope of log(error) in log(h) for the two smallest step sizes 2/N, N = 16, 32, ..., 512,
  /// whose error is still far above rounding. A scheme without an order has to miss the solution.
  private func check(_ scheme: any Scheme, _ problem: Problem) throws {
    let solution = problem.solution(for: scheme)
    func error(steps: Int) throws -> Double {
      let end = try integrate(
        Problem.initial(scheme), field: problem.field, scheme: scheme,
        grid: TimeGrid(from: 0, to: Problem.end, steps: steps))
      return zip(end, solution).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    guard let order = scheme.order else {
      #expect(!(try error(steps: 512) < 1e-2))
      return
    }
    var errors: [Double] = []
    for exponent in 4...9 {
      errors.append(try error(steps: 1 << exponent))
      if errors[errors.count - 1] < 1e-9 { break }
    }
    try #require(errors.count >= 2)
    let observed = Double.log2(errors[errors.count - 2] / errors[errors.count - 1])
    #expect(abs(observed - Double(order)) < 0.1)
  }
}
