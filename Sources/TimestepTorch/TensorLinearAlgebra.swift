import CTimestepTorch

extension Tensor {
  /// Discrete Fourier transform of the last two axes, zero-padded or cut to the given size.
  public func fourierTransform2D(_ height: Int, _ width: Int) throws -> Tensor {
    try makeTensor("fourierTransform2D", [self]) {
      tst_fft2($0, handle, Int64(height), Int64(width), false)
    }
  }
  /// The inverse of ``fourierTransform2D(_:_:)`` (divided by the number of points).
  public func inverseFourierTransform2D(_ height: Int, _ width: Int) throws -> Tensor {
    try makeTensor("inverseFourierTransform2D", [self]) {
      tst_fft2($0, handle, Int64(height), Int64(width), true)
    }
  }
  /// The transform of real numbers, in float32 at least: the half spectrum `[..., height, width / 2 + 1]`.
  public func realFourierTransform2D(_ height: Int, _ width: Int) throws -> Tensor {
    try makeTensor("realFourierTransform2D", [self]) {
      tst_rfft2($0, handle, Int64(height), Int64(width))
    }
  }
  /// The inverse of ``realFourierTransform2D(_:_:)``.
  public func inverseRealFourierTransform2D(_ height: Int, _ width: Int) throws -> Tensor {
    try makeTensor("inverseRealFourierTransform2D", [self]) {
      tst_irfft2($0, handle, Int64(height), Int64(width))
    }
  }

  /// The reduced singular value decomposition `a = u diag(s) vh`.
  public func singularValueDecomposition() throws -> (u: Tensor, s: Tensor, vh: Tensor) {
    var u: tst_tensor?
    var s: tst_tensor?
    let vh = try makeTensor("singularValueDecomposition", [self]) { tst_svd(&u, &s, $0, handle) }
    guard let u, let s else {
      throw TensorError(operation: "singularValueDecomposition", message: "no result")
    }
    return (Tensor(owning: u), Tensor(owning: s), vh)
  }
  /// The singular values in descending order.
  public func singularValues() throws -> Tensor {
    try makeTensor("singularValues", [self]) { tst_singular_values($0, handle) }
  }
  /// The complex eigenvalues of a square matrix.
  public func eigenvalues() throws -> Tensor {
    try makeTensor("eigenvalues", [self]) { tst_eigenvalues($0, handle) }
  }
  /// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric or Hermitian matrix.
  public func hermitianEigen() throws -> (values: Tensor, vectors: Tensor) {
    var values: tst_tensor?
    let vectors = try makeTensor("hermitianEigen", [self]) { tst_eigh(&values, $0, handle) }
    guard let values else { throw TensorError(operation: "hermitianEigen", message: "no result") }
    return (Tensor(owning: values), vectors)
  }
  /// The solution x of `self x = b`.
  public func solve(_ b: Tensor) throws -> Tensor {
    try makeTensor("solve", [self, b]) { tst_solve($0, handle, b.handle) }
  }
  /// The reduced factorisation `a = q r` with orthonormal columns q.
  public func orthogonalFactorization() throws -> (q: Tensor, r: Tensor) {
    var q: tst_tensor?
    let r = try makeTensor("orthogonalFactorization", [self]) { tst_qr(&q, $0, handle) }
    guard let q else {
      throw TensorError(operation: "orthogonalFactorization", message: "no result")
    }
    return (Tensor(owning: q), r)
  }
}
