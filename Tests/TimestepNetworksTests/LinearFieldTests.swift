import RealModule
import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// On linear fields a step is a function of a matrix, R(h J).
@Suite struct LinearFieldTests {
  /// A scheme and its R as a polynomial over a polynomial.
  struct Rule: Sendable, CustomTestStringConvertible {
    let scheme: String
    let numerator: [Double]
    var denominator = [1.0]
    var testDescription: String { scheme }
  }

  static let rules = [
    Rule(scheme: "euler", numerator: [1, 1]),
    Rule(scheme: "poly-2", numerator: [1, 1, 1]),
    Rule(scheme: "poly-3", numerator: [1, 1, 1, 1]),
    Rule(scheme: "heun", numerator: [1, 1, 1 / 2]),
    Rule(scheme: "rk3", numerator: [1, 1, 1 / 2, 1 / 6]),
    Rule(scheme: "rk4", numerator: [1, 1, 1 / 2, 1 / 6, 1 / 24]),
    Rule(scheme: "backward-euler:iterations=3", numerator: [1, 1, 1, 1]),
    Rule(scheme: "plain", numerator: [0, 1]),
    Rule(scheme: "linearly-implicit:q=0", numerator: [1, 1]),
    Rule(scheme: "linearly-implicit:q=0.5", numerator: [1, 1 / 2], denominator: [1, -1 / 2]),
    Rule(scheme: "linearly-implicit:q=1", numerator: [1], denominator: [1, -1]),
    Rule(scheme: "implicit-parabolic", numerator: [1], denominator: [1, -1]),
    // I + h L and h L cancel the field, which is -L u.
    Rule(scheme: "diffusion-implicit", numerator: [1], denominator: [1, -1]),
  ]

  private static let h = 0.4

  /// A network of linear steps on points, and the matrix h J of each step, for rows.
  private func network(_ family: String, _ scheme: String) throws -> (
    network: ResidualNetwork, matrices: [Tensor]
  ) {
    let network = try Small.make(family, on: Small.points) { options in
      (options.scheme, options.h, options.bias) = (scheme, Self.h, false)
      (options.activation, options.normalization) = (.identity, Normalization.none)
    }
    let matrices = try network.stages[0].fields.indices.map { step in
      let path = "stages.0.steps.\(step).field.linear.weight"
      let k = try #require(network.parameters[path]).value.detached()
      let unit = try Self.unit(k.shape[1])
      // Rows are multiplied from the right by the transposed Jacobian.
      let jacobian =
        try family.hasPrefix("antisymmetric")
        ? k - k.transposed() - unit * 1e-4 : -k.transposed().matrixProduct(k)
      return try jacobian.transposed() * Self.h
    }
    return (network, matrices)
  }

  private static func unit(_ size: Int) throws -> Tensor {
    let numbers = try Tensor.range(to: Double(size), .float64)
    return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
  }

  /// `sum_i a_i Z^i`
  private static func polynomial(_ coefficients: [Double], _ z: Tensor) throws -> Tensor {
    let unit = try unit(z.shape[0])
    return try coefficients.reversed().reduce(unit * 0) { sum, coefficient in
      try sum.matrixProduct(z) + unit * coefficient
    }
  }

  @Test(
    "A step multiplies by R(h J)", arguments: rules,
    ["antisymmetric-6", "parabolic-6"])
  func matrix(rule: Rule, family: String) throws {
    let needsParabolic = rule.scheme == "diffusion-implicit"
    if needsParabolic, family != "parabolic-6" { return }
    let (network, matrices) = try network(family, rule.scheme)
    #expect(matrices.count == 6)
    for pass in [ForwardPass.training, .evaluation] {
      var u = try network.stem(Small.input(of: Small.points), pass)
      for z in matrices {
        u = try u.matrixProduct(Self.polynomial(rule.numerator, z))
        // u D^{-1} solves x D = u.
        let divisor = try Self.polynomial(rule.denominator, z)
        u = try divisor.transposed().contiguous().solve(u.transposed()).transposed()
      }
      let expected = try network.head(u, pass)
      let logits = try network(Small.input(of: Small.points), pass)
      #expect(try logits.relativeError(to: expected) <= 1e-12)
    }
  }

  @Test("Backward Euler's fixed point is the implicit step where it converges")
  func backwardEuler() throws {
    let implicit = try network("parabolic-6", "implicit-parabolic").network
    let errors = try [5, 10, 20, 40].map { iterations in
      let (series, matrices) = try network("parabolic-6", "backward-euler:iterations=\(iterations)")
      let bound = try matrices.map { try $0.singularValues().max().scalar() }.max() ?? 1
      #expect(bound < 1, "the iteration does not converge")
      let input = try Small.input(of: Small.points)
      let error = try series(input, .evaluation).relativeError(to: implicit(input, .evaluation))
      #expect(error <= 100 * .pow(bound, Double(iterations + 1)) + 1e-13)
      return error
    }
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 > $1 || $1 < 1e-13 })
  }
}
