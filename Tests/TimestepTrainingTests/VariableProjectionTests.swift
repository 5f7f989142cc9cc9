import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

@Suite("Variable projection")
struct VariableProjectionTests {
  private func readout(_ task: NetworkOutput, alpha: Double) throws -> any ReadoutProblem {
    if case .values = task { return LeastSquaresReadout(alpha: alpha) }
    return try SoftmaxReadout(classes: 3, alpha: alpha)
  }

  private func projection(
    _ small: SmallProblem, _ task: NetworkOutput, alpha: Double = 0.05,
    regularizers: [String] = ["time-l2:alpha=0.1"]
  ) throws -> VariableProjection {
    try VariableProjection(
      small.network, inputs: small.inputs, targets: small.targets,
      readout: readout(task, alpha: alpha), regularizers: small.regularizers(regularizers))
  }

  @Test("The gradient in W and b is zero, so that these are best", arguments: SmallProblem.tasks)
  func best(task: NetworkOutput) throws {
    let small = try SmallProblem(task)
    let value = try projection(small, task).objective().scalar()
    let inHead = try small.problem(
      small.head, regularizers: ["tikhonov:alpha=0.05,of=head", "time-l2:alpha=0.1"])
    let recorded = try inHead.objective()
    #expect(abs(try recorded.scalar() - value) < 1e-13)
    #expect(try inHead.parameters.gradient(of: recorded).norm().scalar() < 1e-10)
    #expect(try inHead.differences(at: inHead.parameters.values()).norm().scalar() < 1e-8)
  }

  @Test("The reduced gradient is that of differences", arguments: SmallProblem.tasks)
  func gradient(task: NetworkOutput) throws {
    let problem = try projection(SmallProblem(task), task)
    let start = try problem.parameters.values()
    let gradient = try problem.parameters.gradient(of: problem.objective())
    #expect(try gradient.relativeError(to: problem.differences(at: start)) < 1e-7)
  }

  @Test(
    "The model is the Schur complement of that of all parameters", arguments: SmallProblem.tasks)
  func curvature(task: NetworkOutput) throws {
    let small = try SmallProblem(task)
    let problem = try projection(small, task)
    _ = try problem.objective()  // W and b are the best ones from here on.
    let reduced = try matrix(problem.curvature(), size: problem.parameters.count)
    let joint = try small.problem(
      small.body + small.head, regularizers: ["tikhonov:alpha=0.05,of=head", "time-l2:alpha=0.1"])
    let all = try matrix(joint.curvature(), size: joint.parameters.count)
    let (n, m) = (problem.parameters.count, joint.parameters.count)
    let corner = try all.sliced(n..<m).sliced(n..<m, axis: 1)
    let side = try all.sliced(0..<n).sliced(n..<m, axis: 1)
    let expected =
      try all.sliced(0..<n).sliced(0..<n, axis: 1)
      - side.matrixProduct(corner.solve(side.transposed()))
    #expect(try reduced.relativeError(to: expected) < 1e-9)
  }

  @Test("Without alpha least squares are those of the pseudo-inverse, also of dependent features")
  func pseudoInverse() throws {
    let columns = try Tensor.normal([8, 2], seed: 1)
    let features = try Tensor.concatenated([columns, columns.sliced(0..<1, axis: 1)], axis: 1)
    let targets = try Tensor.normal([8, 2], seed: 2)
    let best = try LeastSquaresReadout().solve(features, targets, from: .zeros([3, 2], .float64))
    // Of all solutions the shortest: two equal features share their weight.
    #expect(try best.selected(0).relativeError(to: best.selected(2)) < 1e-12)
    let rest = try features.transposed().matrixProduct(features.matrixProduct(best) - targets)
    #expect(try rest.norm().scalar() < 1e-12)
  }

  @Test("Reduced and joint problems have the same minimum", arguments: SmallProblem.tasks)
  func minimum(task: NetworkOutput) throws {
    let texts = ["tikhonov:alpha=0.02,of=body", "time-l2:alpha=0.1"]
    let small = try SmallProblem(task, depth: 2, width: 2)
    let reduced = try projection(small, task, alpha: 0.05, regularizers: texts)
    let result = try GaussNewton().minimize(
      reduced, limits: .init(iterations: 300, gradientNorm: 1e-8))
    #expect(result.ending == .gradient || result.ending == .lineSearch, "\(result.ending)")
    let joint = try small.problem(regularizers: texts + ["tikhonov:alpha=0.05,of=head"])
    let recorded = try joint.objective()
    #expect(abs(try recorded.scalar() - (result.last?.objective ?? 0)) < 1e-12)
    #expect(try joint.parameters.gradient(of: recorded).norm().scalar() < 1e-6)
  }

  @Test("What it cannot be used for is refused with the reason")
  func refusals() throws {
    #expect(throws: ArgumentError.self) { try SoftmaxReadout(classes: 3, alpha: 0) }
    var options = NetworkOptions()
    (options.depth, options.widths) = (2, [4])
    let network = try NetworkCatalog.make(
      "hamiltonian", options,
      task: NetworkTask(inputShape: [1, 4, 4], output: .pixelClasses(2)), dataType: .float64)
    #expect(throws: OptionError.self) {
      try VariableProjection(
        network, inputs: .normal([2, 1, 4, 4], seed: 1), targets: .zeros([2, 4, 4], .int64),
        readout: LeastSquaresReadout())
    }
  }
}
