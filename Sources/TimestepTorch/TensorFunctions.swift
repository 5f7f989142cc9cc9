import CTimestepTorch

extension Tensor {
  /// Whether every element is a finite number.
  public var isAllFinite: Bool {
    get throws { try read("isAllFinite", into: false, tst_all_finite) }
  }

  func unary(_ operation: tst_unary_operation, _ name: StaticString) throws -> Tensor {
    try makeTensor(name, [self]) { tst_unary($0, operation, handle) }
  }

  /// `|x|`
  public func absolute() throws -> Tensor { try unary(TST_ABS, "absolute") }
  /// The complex conjugate.
  public func conjugate() throws -> Tensor { try unary(TST_CONJUGATE, "conjugate") }
  /// The real part of a complex tensor.
  public func realPart() throws -> Tensor { try unary(TST_REAL, "realPart") }
  /// The imaginary part of a complex tensor.
  public func imaginaryPart() throws -> Tensor { try unary(TST_IMAGINARY, "imaginaryPart") }
  /// `cos x`
  public func cosine() throws -> Tensor { try unary(TST_COS, "cosine") }
  /// `sin x`
  public func sine() throws -> Tensor { try unary(TST_SIN, "sine") }
  /// The inverse of the error function.
  public func inverseErrorFunction() throws -> Tensor {
    try unary(TST_ERFINV, "inverseErrorFunction")
  }
  /// `e^x`
  public func exponential() throws -> Tensor { try unary(TST_EXP, "exponential") }
  /// The natural logarithm.
  public func logarithm() throws -> Tensor { try unary(TST_LOG, "logarithm") }
  /// `1 / x`
  public func reciprocal() throws -> Tensor { try unary(TST_RECIPROCAL, "reciprocal") }
  /// `max(x, 0)`
  public func relu() throws -> Tensor { try unary(TST_RELU, "relu") }
  /// `x <- max(x, 0)`; gradients still flow through.
  public func reluInPlace() throws { try check(tst_relu_(handle), "reluInPlace", [self]) }
  /// `1 / (1 + e^-x)`
  public func sigmoid() throws -> Tensor { try unary(TST_SIGMOID, "sigmoid") }
  /// -1, 0 or 1.
  public func sign() throws -> Tensor { try unary(TST_SIGN, "sign") }
  /// The square root.
  public func squareRoot() throws -> Tensor { try unary(TST_SQRT, "squareRoot") }
  /// `x^2`
  public func square() throws -> Tensor { try unary(TST_SQUARE, "square") }
  /// The hyperbolic tangent.
  public func tanh() throws -> Tensor { try unary(TST_TANH, "tanh") }
  /// Neither infinite nor not-a-number, as a bool tensor.
  public func isFinite() throws -> Tensor { try unary(TST_IS_FINITE, "isFinite") }
  /// Elementwise not.
  public func logicalNot() throws -> Tensor { try unary(TST_LOGICAL_NOT, "logicalNot") }
}

extension Tensor {
  private func reduced(
    _ operation: tst_reduction, _ name: StaticString, _ axes: [Int], _ keepAxes: Bool
  ) throws -> Tensor {
    try makeTensor(name, [self]) { out in
      axes.withInt64 { tst_reduce(out, operation, handle, $0, $1, keepAxes) }
    }
  }

  /// The sum over the axes; without axes, of all elements.
  public func sum(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_SUM, "sum", axes, keepAxes)
  }
  /// The mean over the axes.
  public func mean(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_MEAN, "mean", axes, keepAxes)
  }
  /// The variance over the axes (divided by n).
  public func variance(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_VARIANCE, "variance", axes, keepAxes)
  }
  /// The standard deviation over the axes (divided by n).
  public func standardDeviation(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_STANDARD_DEVIATION, "standardDeviation", axes, keepAxes)
  }
  /// The Euclidean norm over the axes.
  public func norm(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_NORM, "norm", axes, keepAxes)
  }
  /// `log sum exp` over the axes, without overflow.
  public func logSumExp(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_LOG_SUM_EXP, "logSumExp", axes, keepAxes)
  }
  /// The largest element over the axes.
  public func max(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_MAX, "max", axes, keepAxes)
  }
  /// The smallest element over the axes.
  public func min(_ axes: [Int] = [], keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_MIN, "min", axes, keepAxes)
  }
  /// The place of the largest element along an axis.
  public func argmax(_ axis: Int, keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_ARGMAX, "argmax", [axis], keepAxes)
  }
  /// The place of the smallest element along an axis.
  public func argmin(_ axis: Int, keepAxes: Bool = false) throws -> Tensor {
    try reduced(TST_ARGMIN, "argmin", [axis], keepAxes)
  }
  /// Whether all elements are true.
  public func all() throws -> Tensor { try reduced(TST_ALL, "all", [], false) }
  /// Whether any element is true.
  public func any() throws -> Tensor { try reduced(TST_ANY, "any", [], false) }

  /// The largest elements along the last axis in descending order, and their places.
  public func topK(_ count: Int) throws -> (values: Tensor, indices: Tensor) {
    var values: tst_tensor?
    let indices = try makeTensor("topK", [self]) { tst_top_k(&values, $0, handle, Int64(count)) }
    guard let values else { throw TensorError(operation: "topK", message: "no values") }
    return (Tensor(owning: values), indices)
  }
}
