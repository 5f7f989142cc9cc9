import Testing
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// A small network for points with its examples, all in float64.
struct SmallProblem {
  let network: ResidualNetwork
  let inputs: Tensor
  let targets: Tensor
  let loss: any Objective

  init(_ task: NetworkOutput, depth: Int = 3, width: Int = 3, examples: Int = 12) throws {
    var options = NetworkOptions()
    (options.depth, options.h, options.widths) = (depth, 0.5, [width])
    network = try NetworkCatalog.make(
      "antisymmetric", options, task: NetworkTask(inputShape: [2], output: task), seed: 3,
      dataType: .float64)
    inputs = try .normal([examples, 2], seed: 5)
    switch task {
    case .values(let count):
      targets = try .normal([examples, count], seed: 6)
      loss = RegressionObjective()
    default:
      targets = try Tensor((0..<examples).map { Int64($0 * 5 % 3) })
      loss = ClassificationObjective(classes: 3)
    }
  }

  static let tasks: [NetworkOutput] = [.values(2), .classes(3)]

  func regularizers(_ texts: [String]) throws -> [any Regularizer] {
    try RegularizerCatalog.regularizers(named: texts).map { try $0.make(for: network) }
  }

  func problem(
    _ parameters: [Parameter]? = nil, regularizers: [String] = []
  ) throws -> TrainingProblem {
    try TrainingProblem(
      network, ParameterVector(parameters ?? network.parameters.trainable), inputs: inputs,
      targets: targets, loss: loss, regularizers: self.regularizers(regularizers))
  }

  /// W and b of the head.
  var head: [Parameter] { network.parameters.trainable.filter { $0.path.hasPrefix("head.") } }
  /// Everything before.
  var body: [Parameter] { network.parameters.trainable.filter { !$0.path.hasPrefix("head.") } }
}

extension FullBatchProblem {
  /// The gradient at a point by central differences.
  func differences(at point: Tensor, size: Double = 1e-6) throws -> Tensor {
    let values = try point.scalars(Double.self)
    let slopes = try values.indices.map { index in
      let sides = try [size, -size].map { change in
        var moved = values
        moved[index] += change
        try parameters.assign(Tensor(moved))
        return try objective().scalar()
      }
      return (sides[0] - sides[1]) / (2 * size)
    }
    try parameters.assign(point)
    return try Tensor(slopes)
  }
}

/// A linear map of vectors as a matrix.
func matrix(_ product: (Tensor) throws -> Tensor, size: Int) throws -> Tensor {
  try Tensor.stacked(
    (0..<size).map { column in
      var unit = [Double](repeating: 0, count: size)
      unit[column] = 1
      return try product(Tensor(unit))
    }, axis: 1)
}

@Suite("Gauss-Newton")
struct GaussNewtonTests {
  @Test("The model is J^T L'' J + R'', with J by differences", arguments: SmallProblem.tasks)
  func curvature(task: NetworkOutput) throws {
    let small = try SmallProblem(task)
    let problem = try small.problem(regularizers: ["time-l2:alpha=0.1", "tikhonov:alpha=0.2"])
    let size = problem.parameters.count
    let found = try matrix(problem.curvature(), size: size)
    let start = try problem.parameters.values()
    let outputs = { try small.network(small.inputs, .training).detached().reshaped([-1]) }
    let columns = try (0..<size).map { index in
      let sides = try [1e-6, -1e-6].map { change in
        var values = try start.scalars(Double.self)
        values[index] += change
        try problem.parameters.assign(Tensor(values))
        return try outputs()
      }
      return try (sides[0] - sides[1]) * 0.5e6
    }
    try problem.parameters.assign(start)
    let jacobian = try Tensor.stacked(columns, axis: 1)
    let count = 12.0
    let ofLoss: Tensor
    if case .values = task {
      ofLoss = try Tensor.unit(24) * (1 / count)
    } else {
      let p = try small.network(small.inputs, .training).detached().softmax(1)
      // Blocks diag(p) - p p^T, one for each example.
      var values = [Double](repeating: 0, count: 36 * 36)
      let numbers = try p.scalars(Double.self)
      for n in 0..<12 {
        for i in 0..<3 {
          for j in 0..<3 {
            let (a, b) = (numbers[3 * n + i], numbers[3 * n + j])
            values[(3 * n + i) * 36 + 3 * n + j] = ((i == j ? a : 0) - a * b) / count
          }
        }
      }
      ofLoss = try Tensor(values, shape: [36, 36])
    }
    // Both regularisers are quadratic: their gradients are their matrices times theta.
    let vector = problem.parameters
    let terms = problem.regularizers
    let ofTerms = try matrix(
      { v in
        try vector.assign(v)
        return try terms.reduce(v * 0) { try $0 + vector.gradient(of: $1.value()) }
      }, size: size)
    try vector.assign(start)
    let expected = try jacobian.transposed().matrixProduct(ofLoss).matrixProduct(jacobian) + ofTerms
    #expect(try found.relativeError(to: expected) < 1e-8)
    #expect(problem.work.products == size)
  }

  @Test("Least squares in a linear map are solved in one direction")
  func linear() throws {
    let small = try SmallProblem(.values(2))
    let problem = try small.problem(small.head, regularizers: ["tikhonov:alpha=0.1,of=head"])
    var method = GaussNewton()
    (method.tolerance, method.innerIterations) = (1e-14, 100)
    let result = try method.minimize(
      problem, limits: .init(iterations: 1, gradientNorm: 1e-12))
    #expect((result.last?.gradientNorm ?? 1) < 1e-12)
    #expect(result.last?.step == 1)
    // The normal equations, [W b] of A = [Y 1].
    let features = try small.network.features(small.inputs, .training).detached()
    let a = try Tensor.concatenated([features, .ones([12, 1], .float64)], axis: 1)
    let normal = try a.transposed().matrixProduct(a) * (1.0 / 12) + Tensor.unit(4) * 0.1
    let expected = try normal.solve(a.transposed().matrixProduct(small.targets) * (1.0 / 12))
    let weight = try #require(small.network.parameters["head.linear.weight"]).value
    #expect(try weight.transposed().detached().relativeError(to: expected.sliced(0..<3)) < 1e-10)
  }

  @Test("The objective falls, far below what gradients alone reach", arguments: SmallProblem.tasks)
  func descent(task: NetworkOutput) throws {
    var ends: [Double] = []
    for method in [GaussNewton(), SteepestDescent()] as [any Minimizer] {
      let problem = try SmallProblem(task).problem(regularizers: ["tikhonov:alpha=0.0001"])
      let result = try method.minimize(problem, limits: .init(iterations: 25))
      for (before, after) in zip(result.records, result.records.dropFirst()) {
        #expect(after.objective < before.objective)
      }
      #expect(
        result.records.dropFirst().allSatisfy {
          method.name == "gauss-newton" ? (1...10).contains($0.innerIterations) : true
        })
      ends.append(try #require(result.last).objective)
    }
    #expect(ends[0] < 0.5 * ends[1], "\(ends)")
  }

  @Test("The inner iteration is conjugate gradients: exact after n products, or at the border")
  func conjugateGradients() throws {
    let factor = try Tensor.normal([6, 6], seed: 1)
    let matrix = try factor.matrixProduct(factor.transposed()) + Tensor.unit(6)
    let b = try Tensor.normal([6], seed: 2)
    let exact = try matrix.solve(b)
    let full = try ConjugateGradients(tolerance: 1e-12, iterations: 20).solve(
      { try matrix.matrixProduct($0) }, b)
    #expect(full.iterations <= 7)
    #expect(try full.x.relativeError(to: exact) < 1e-9)
    let rough = try ConjugateGradients(tolerance: 0.1).solve({ try matrix.matrixProduct($0) }, b)
    let residual = try (matrix.matrixProduct(rough.x) - b).norm().scalar() / b.norm().scalar()
    #expect(residual <= 0.1 && abs(residual - rough.residual) < 1e-10)
    #expect(rough.iterations < full.iterations)
    let radius = try 0.3 * exact.norm().scalar()
    let short = try ConjugateGradients(tolerance: 1e-12, iterations: 20, radius: radius).solve(
      { try matrix.matrixProduct($0) }, b)
    #expect(abs(try short.x.norm().scalar() - radius) < 1e-12)
    // Where curvature is not positive, the direction itself.
    let flat = try ConjugateGradients().solve({ try $0 * -1 }, b)
    #expect(try flat.x.relativeError(to: b) == 0)
  }
}

extension Tensor {
  /// The unit matrix.
  static func unit(_ size: Int) throws -> Tensor {
    let numbers = try range(to: Double(size), .int64)
    return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
  }
}
