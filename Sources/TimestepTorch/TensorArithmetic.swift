import CTimestepTorch

extension Tensor {
  private func binary(_ operation: tst_binary_operation, _ name: StaticString, _ other: Tensor)
    throws -> Tensor
  {
    try makeTensor(name, [self, other]) { tst_binary($0, operation, handle, other.handle) }
  }

  private func binary(_ operation: tst_binary_operation, _ name: StaticString, _ other: Double)
    throws -> Tensor
  {
    try makeTensor(name, [self]) { tst_binary_scalar($0, operation, handle, other) }
  }

  /// `self + scale * other` in one pass, the elementary step of every scheme.
  public func adding(_ other: Tensor, scaledBy scale: Double) throws -> Tensor {
    try makeTensor("adding", [self, other]) { tst_add($0, handle, other.handle, scale) }
  }

  /// `self <- self + scale * other`
  public func addInPlace(_ other: Tensor, scaledBy scale: Double = 1) throws {
    try check(tst_add_(handle, other.handle, scale), "addInPlace", [self, other])
  }

  /// `self <- factor * self`
  public func multiplyInPlace(by factor: Double) throws {
    try check(tst_multiply_(handle, factor), "multiplyInPlace", [self])
  }

  /// Elementwise sum.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try a.adding(b, scaledBy: 1) }
  /// Elementwise difference.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try a.adding(b, scaledBy: -1) }
  /// Elementwise product.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor {
    try a.binary(TST_MULTIPLY, "*", b)
  }
  /// Elementwise quotient.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try a.binary(TST_DIVIDE, "/", b) }
  /// A number added to every element.
  public static func + (a: Tensor, b: Double) throws -> Tensor {
    try makeTensor("+", [a]) { tst_add_scalar($0, a.handle, b) }
  }
  /// A number taken from every element.
  public static func - (a: Tensor, b: Double) throws -> Tensor { try a + (-b) }
  /// Every element times a number.
  public static func * (a: Tensor, b: Double) throws -> Tensor {
    try a.binary(TST_MULTIPLY, "*", b)
  }
  /// Every element times a number.
  public static func * (a: Double, b: Tensor) throws -> Tensor { try b * a }
  /// Every element over a number.
  public static func / (a: Tensor, b: Double) throws -> Tensor { try a.binary(TST_DIVIDE, "/", b) }
  /// The negative.
  public static prefix func - (a: Tensor) throws -> Tensor { try a.unary(TST_NEGATE, "-") }

  /// Matrix product over the last two axes.
  public func matrixProduct(_ other: Tensor) throws -> Tensor {
    try binary(TST_MATMUL, "matrixProduct", other)
  }
  /// The larger of each pair.
  public func maximum(_ other: Tensor) throws -> Tensor {
    try binary(TST_MAXIMUM, "maximum", other)
  }
  /// The smaller of each pair.
  public func minimum(_ other: Tensor) throws -> Tensor {
    try binary(TST_MINIMUM, "minimum", other)
  }
  /// No element below the bound.
  public func maximum(_ bound: Double) throws -> Tensor {
    try binary(TST_MAXIMUM, "maximum", bound)
  }
  /// No element above the bound.
  public func minimum(_ bound: Double) throws -> Tensor {
    try binary(TST_MINIMUM, "minimum", bound)
  }
  /// Every element to a power.
  public func power(_ exponent: Double) throws -> Tensor {
    try binary(TST_POWER, "power", exponent)
  }
  /// Every element to its own power.
  public func power(_ exponents: Tensor) throws -> Tensor {
    try binary(TST_POWER, "power", exponents)
  }

  /// Elementwise `==` as a bool tensor.
  public func equal(_ other: Tensor) throws -> Tensor { try binary(TST_EQUAL, "equal", other) }
  /// Elementwise `!=`.
  public func notEqual(_ other: Tensor) throws -> Tensor {
    try binary(TST_NOT_EQUAL, "notEqual", other)
  }
  /// Elementwise `<`.
  public func less(_ other: Tensor) throws -> Tensor { try binary(TST_LESS, "less", other) }
  /// Elementwise `<=`.
  public func lessOrEqual(_ other: Tensor) throws -> Tensor {
    try binary(TST_LESS_EQUAL, "lessOrEqual", other)
  }
  /// Elementwise `>`.
  public func greater(_ other: Tensor) throws -> Tensor {
    try binary(TST_GREATER, "greater", other)
  }
  /// Elementwise `>=`.
  public func greaterOrEqual(_ other: Tensor) throws -> Tensor {
    try binary(TST_GREATER_EQUAL, "greaterOrEqual", other)
  }
  /// Elementwise `>` against a number.
  public func greater(_ bound: Double) throws -> Tensor {
    try binary(TST_GREATER, "greater", bound)
  }
  /// Elementwise `<` against a number.
  public func less(_ bound: Double) throws -> Tensor { try binary(TST_LESS, "less", bound) }
  /// Elements of `other` where the condition holds, of `self` where not.
  public func replacing(_ other: Tensor, where condition: Tensor) throws -> Tensor {
    try makeTensor("replacing", [self, other, condition]) {
      tst_where($0, condition.handle, other.handle, handle)
    }
  }
  /// Every element moved into the interval.
  public func clamped(_ low: Double, _ high: Double) throws -> Tensor {
    try makeTensor("clamped", [self]) { tst_clamp($0, handle, low, high) }
  }
  /// Einstein's summation, e.g. `einsum("ij,jk->ik", [a, b])`.
  public static func einsum(_ equation: String, _ operands: [Tensor]) throws -> Tensor {
    try makeTensor("einsum", operands) { out in
      withHandles(operands) { tst_einsum(out, equation, $0, $1) }
    }
  }
}
