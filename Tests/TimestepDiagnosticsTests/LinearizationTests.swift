import ComplexModule
import Foundation
import TestSupport
import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Jacobians, their norms and eigenvalues, and the linear map that a stage is, against dense matrices and differences.
@Suite("Linear maps of fields and stages")
struct LinearizationTests {
  private let random: Generator

  init() throws { random = try Generator(seed: 17) }

  private func normal(_ shape: [Int]) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try random.fillNormal(tensor)
    return tensor
  }

  @Test("A Jacobian is the matrix of a linear function, and its norm the largest singular value")
  func matrix() throws {
    let matrix = try normal([5, 5])
    let jacobian = try FieldJacobian(at: normal([3, 5])) { try $0.linear(matrix) }
    let (v, w) = (try normal([3, 5]), try normal([3, 5]))
    #expect(try distance(jacobian.applied(to: v), v.linear(matrix)) < 1e-14)
    #expect(try distance(jacobian.transposed(w), w.linear(matrix.transposed())) < 1e-14)
    let largest = try matrix.singularValues().scalars(Double.self)[0]
    let norms = try jacobian.norms(PowerIteration(steps: 2000, tolerance: 1e-14), random)
    #expect(norms.count == 3 && norms.allSatisfy { abs($0 / largest - 1) < 1e-6 }, "\(norms)")
  }

  @Test("The Jacobian of a function with ReLU is that of differences, by both ways")
  func differences() throws {
    let (first, second) = (try normal([7, 4]), try normal([4, 7]))
    func f(_ u: Tensor) throws -> Tensor { try u.linear(first).relu().linear(second) }
    let u = try normal([2, 4])
    let jacobian = try FieldJacobian(at: u, of: f)
    let (v, w) = (try normal([2, 4]), try normal([2, 4]))
    let difference =
      try (f(u.adding(v, scaledBy: 1e-6)) - f(u.adding(v, scaledBy: -1e-6))) / 2e-6
    let image = try jacobian.applied(to: v)
    #expect(try distance(image, difference) < 1e-6)
    let (one, other) = (try dot(image, w), try dot(v, jacobian.transposed(w)))
    #expect(abs(one - other) < 1e-12)
  }

  @Test(
    "As many Ritz values as dimensions are the eigenvalues; an antisymmetric map has imaginary ones"
  )
  func ritz() throws {
    let matrix = try normal([6, 6])
    let antisymmetric = try matrix - matrix.transposed()
    for (matrix, isImaginary) in [(matrix, false), (antisymmetric, true)] {
      let found = try RitzValues(dimensions: 6)(like: normal([1, 6]), random) {
        try $0.linear(matrix)
      }
      let pairs = try matrix.eigenvalues().realPairs().scalars(Double.self)
      #expect(found.count == 6)
      for value in found {
        let nearest = (0..<6).map {
          hypot(value.real - pairs[2 * $0], value.imaginary - pairs[2 * $0 + 1])
        }.min()
        #expect((nearest ?? 1) < 1e-9)
        if isImaginary { #expect(abs(value.real) < 1e-9) }
      }
    }
  }

  @Test(
    "The linear map of a stage is the derivative of its steps where the Jacobians are at its states",
    arguments: ["euler", "lm:k=-0.5", "midpoint", "plain"])
  func stage(scheme: String) throws {
    let network = try #require(try Subjects.points { ($0.h, $0.scheme) = (0.3, scheme) }.network)
    try derivative(of: network, try normal([3, 2]))
  }

  @Test(
    "The same for two streams, and with an activation after each step", arguments: ["rev", "relu"])
  func convolutions(kind: String) throws {
    var options = NetworkOptions()
    options.widths = [4, 4, 4]
    options.h = 0.5
    if kind == "rev" { options.scheme = "rev" }
    let network = try NetworkCatalog.make(
      kind == "rev" ? "preresnet-14" : "resnet-14", options,
      task: NetworkTask(inputShape: [2, 6, 6], classes: 3), seed: 2, dataType: .float64)
    try derivative(of: network, try normal([2, 2, 6, 6]))
  }

  /// Compares with differences of the stage, and the map with its adjoint.
  private func derivative(of network: ResidualNetwork, _ input: Tensor) throws {
    let states = try NetworkPasses(network: network).stageStates(of: input)
    let stage = network.stages[0]
    let linear = StageLinearization(stage, states: states[0])
    let start = states[0][0]
    #expect(states[0].count == stage.steps.count + 1)
    let (v, w) = (try normal(start.shape), try normal(start.shape))
    let pass = ForwardPass.evaluation
    func end(_ u: Tensor) throws -> Tensor { try withoutGradients { try stage(u, pass) } }
    #expect(try distance(end(start), states[0][stage.steps.count]) < 1e-13)
    let difference =
      try (end(start.adding(v, scaledBy: 1e-6)) - end(start.adding(v, scaledBy: -1e-6))) / 2e-6
    let image = try linear.propagated(v, sizes: linear.sizes)
    #expect(try distance(image, difference) < 1e-6)
    let pulledBack = try linear.transposed(w, sizes: linear.sizes)
    let (one, other) = (try dot(image, w), try dot(v, pulledBack))
    #expect(abs(one - other) < 1e-10 * abs(one))
  }

  private func dot(_ a: Tensor, _ b: Tensor) throws -> Double { try (a * b).sum().scalar() }

  /// The largest difference over the largest element.
  private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a - b).absolute().max().scalar() / b.absolute().max().scalar()
  }
}
