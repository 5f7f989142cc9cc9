extension RungeKutta {
  /// The classical scheme of order 4, `u+ = u + h/6 (k1 + 2 k2 + 2 k3 + k4)`, with `k1 = f(u,
  /// t_l)`, `k2 = f(u + h/2 k1, t_l + h/2)`, `k3 = f(u + h/2 k2, t_l + h/2)`, `k4 = f(u + h k3, t_l
  /// + h)`.
  ///
  /// Source: W. Kutta, Zeitschrift fuer Mathematik und Physik 46 (1901); lecture "Residual Neural
  /// Networks" and Meganet's `ResNNrk4`.
  public static let rk4 = RungeKutta.known(
    name: "rk4",
    title: "classical Runge-Kutta scheme of order 4",
    updateEquation: "k1 = f(u); k2 = f(u + h/2 k1); k3 = f(u + h/2 k2); k4 = f(u + h k3); "
      + "u+ = u + h/6 (k1 + 2 k2 + 2 k3 + k4)",
    source: "W. Kutta (1901); lecture \"Residual Neural Networks\"; Meganet",
    order: 4,
    a: [
      [0, 0, 0, 0],
      [1.0 / 2, 0, 0, 0],
      [0, 1.0 / 2, 0, 0],
      [0, 0, 1, 0],
    ],
    b: [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6],
    c: [0, 1.0 / 2, 1.0 / 2, 1])
}
