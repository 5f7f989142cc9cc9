extension RungeKutta {
  /// Kutta's scheme of order 3, `u+ = u + h/6 (k1 + 4 k2 + k3)`, with `k1 = f(u, t_l)`, `k2 = f(u +
  /// h/2 k1, t_l + h/2)`, `k3 = f(u - h k1 + 2h k2, t_l + h)`.
  ///
  /// Source: W. Kutta, Zeitschrift fuer Mathematik und Physik 46 (1901). The lecture "Residual
  /// Neural Networks" names RK3 without a formula; this is the usual choice.
  public static let rk3 = RungeKutta.known(
    name: "rk3",
    title: "Kutta's Runge-Kutta scheme of order 3",
    updateEquation: "k1 = f(u); k2 = f(u + h/2 k1); k3 = f(u - h k1 + 2h k2); "
      + "u+ = u + h/6 (k1 + 4 k2 + k3)",
    source: "W. Kutta (1901); lecture \"Residual Neural Networks\"",
    order: 3,
    a: [
      [0, 0, 0],
      [1.0 / 2, 0, 0],
      [-1, 2, 0],
    ],
    b: [1.0 / 6, 2.0 / 3, 1.0 / 6],
    c: [0, 1.0 / 2, 1])
}
