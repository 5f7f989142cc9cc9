import ComplexModule
import RealModule
import TimeStepping

extension ModelEquation {
  /// `lambda` of the test equation for an eigenvalue of a field's Jacobian, of two with opposite signs that with a real
  /// part of at least 0.
  ///
  /// For `u' = f(u)` lambda is the eigenvalue of J. For `u'' = f(u)` its square is; for a pair `X' = f_0(Y), Y' = f_1(X)`
  /// its square is one of `J_0 J_1`. A negative square up to rounding is an oscillation.
  func root(of eigenvalue: Complex<Double>) -> Complex<Double> {
    guard self != .firstOrder else { return eigenvalue }
    let isOscillation =
      eigenvalue.real < 0 && abs(eigenvalue.imaginary) <= 1e-6 * abs(eigenvalue.real)
    return isOscillation ? Complex(0, (-eigenvalue.real).squareRoot()) : .sqrt(eigenvalue)
  }
}
