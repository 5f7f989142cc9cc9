import TimestepLayers
import TimestepTorch

/// Residual blocks `u+ = u + h act(A_l u)` with square matrices of one norm, on which bounds of growth can be tried.
///
/// ```
/// |A_l| = W,   v_D = (1 + h A_{D-1}) ... (1 + h A_0) v_0   for act = identity
/// ```
///
/// Robust ResNet (2019), Propositions 1 and 2.
package struct ModelBlocks {
  /// How matrices of a norm W are made.
  package enum Kind: String, CaseIterable {
    /// Normal numbers, scaled; each block has its own.
    case random
    /// `W v v^T` with one unit vector v in all blocks, for which the product of norms is reached.
    case aligned
  }

  /// The matrices `[d, d]`, in float64, from the first block on.
  package let matrices: [Tensor]
  /// The function in each block.
  package let activation: Activation

  /// Makes as many blocks as `depth`.
  package init(
    _ kind: Kind, width: Int, depth: Int, norm: Double, activation: Activation = .identity,
    seed: UInt64
  ) throws {
    let generator = try Generator(seed: seed)
    self.activation = activation
    let vector = try Self.vector(width, generator)
    matrices = try (0..<depth).map { _ in
      switch kind {
      case .aligned: return try vector.matrixProduct(vector.transposed()) * norm
      case .random:
        let matrix = try Tensor.empty([width, width], .float64)
        try generator.fillNormal(matrix)
        return try matrix * (norm / (try matrix.singularValues().max().scalar()))
      }
    }
  }

  /// A unit vector `[d, 1]`.
  package static func vector(_ width: Int, _ generator: Generator) throws -> Tensor {
    let vector = try Tensor.empty([width, 1], .float64)
    try generator.fillNormal(vector)
    return try vector * (1 / vector.length())
  }

  /// The largest growth of a gradient from the end of linear blocks to their beginning: the norm of
  /// `(1 + h A_{D-1}) ... (1 + h A_0)`.
  package func largestGain(h: Double) throws -> Double {
    guard var product = try matrices.first.map({ try $0 * h }) else { return 1 }
    // The product less 1, so that small steps lose no digits.
    for matrix in try matrices.dropFirst().map({ try $0 * h }) {
      product = try product + matrix + matrix.matrixProduct(product)
    }
    let numbers = try Tensor.range(to: Double(product.shape[0]), .float64)
    let unit = try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
    return try (product + unit).singularValues().max().scalar()
  }

  /// The growth of one gradient from the end of linear blocks to their beginning.
  package func gain(of gradient: Tensor, h: Double) throws -> Double {
    var g = gradient
    for matrix in matrices.reversed() {
      g = try g.adding(matrix.transposed().matrixProduct(g), scaledBy: h)
    }
    return try g.length() / gradient.length()
  }

  /// How a perturbation of the state before the first block goes on: `e_n = |u_n^eps - u_n|` from n = 0 on, and
  /// `|f(u_n^eps) - f(u_n)|` in each block.
  package func errors(of perturbation: Tensor, at start: Tensor, h: Double) throws -> (
    states: [Double], fields: [Double]
  ) {
    var (clean, noisy) = (start, try start + perturbation)
    var (states, fields) = ([try perturbation.length()], [Double]())
    for matrix in matrices {
      let f = try activation(matrix.matrixProduct(clean))
      let g = try activation(matrix.matrixProduct(noisy))
      fields.append(try (g - f).length())
      clean = try clean.adding(f, scaledBy: h)
      noisy = try noisy.adding(g, scaledBy: h)
      states.append(try (noisy - clean).length())
    }
    return (states, fields)
  }
}
