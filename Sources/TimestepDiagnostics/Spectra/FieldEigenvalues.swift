import ComplexModule
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The eigenvalues of a block's field, in the variable z of its scheme's test equation.
enum FieldEigenvalues {
  /// `z = h lambda` for every eigenvalue of the field's Jacobian at the block's state; for states larger than the limit,
  /// for the outer ones that Arnoldi's iteration finds. Nil where there is no square Jacobian, and for large pairs.
  ///
  /// Where lambda^2 is an eigenvalue (``ModelEquation/root(of:)``), both roots are given.
  static func scaled(_ block: NetworkBlock, limit: Int, _ pass: ForwardPass) throws
    -> [Complex<Double>]?
  {
    guard let field = block.field, !block.isTransition else { return nil }
    switch block.scheme.equation {
    case .firstOrder, .secondOrder:
      let u = block.state.current
      var values: [Complex<Double>]
      if u.count <= limit {
        guard let matrix = try jacobian(field, branch: 0, at: u, pass) else { return nil }
        values = try eigenvalues(of: matrix)
      } else {
        let map = try LinearOperator(jacobianOf: { try field($0, branch: 0, pass) }, at: u)
        guard map.inputShape == map.outputShape else { return nil }
        values = try RitzValues()(like: u, Generator(seed: 0)) { try map($0) }
          .map { Complex($0.real, $0.imaginary) }
      }
      return block.scheme.equation == .firstOrder
        ? values.map { $0.multiplied(by: block.size) } : roots(values, block)
    case .partitioned:
      guard let second = block.state.history.first, field.branches > 1,
        block.state.current.count <= limit
      else { return nil }
      // X moves first: it is the first half, or what is carried beside the state.
      let isSplit = block.scheme.halvesState
      let (x, y) = isSplit ? (block.state.current, second) : (second, block.state.current)
      guard let first = try jacobian(field, branch: 0, at: y, pass),
        let other = try jacobian(field, branch: 1, at: x, pass),
        first.shape[1] == other.shape[0], first.shape[0] == other.shape[1]
      else { return nil }
      return roots(try eigenvalues(of: first.matrixProduct(other)), block)
    }
  }

  private static func roots(_ squares: [Complex<Double>], _ block: NetworkBlock)
    -> [Complex<Double>]
  {
    squares.flatMap { square -> [Complex<Double>] in
      let root = block.scheme.equation.root(of: square)
      return [root.multiplied(by: block.size), root.multiplied(by: -block.size)]
    }
  }

  private static func jacobian(
    _ field: any ResidualField, branch: Int, at u: Tensor, _ pass: ForwardPass
  ) throws -> Tensor? {
    let map = try LinearOperator(
      jacobianOf: { try field($0, branch: branch, pass) }, at: u)
    guard map.rows == map.columns || field.branches > 1 else { return nil }
    return try map.matrix()
  }

  /// The eigenvalues of a real matrix.
  static func eigenvalues(of matrix: Tensor) throws -> [Complex<Double>] {
    let pairs = try matrix.cast(to: .float64).moved(to: .cpu).eigenvalues().realPairs()
      .scalars(Double.self)
    return stride(from: 0, to: pairs.count, by: 2).map { Complex(pairs[$0], pairs[$0 + 1]) }
  }
}
