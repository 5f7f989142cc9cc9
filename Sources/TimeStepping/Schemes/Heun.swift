extension RungeKutta {
  /// Heun's scheme of order 2, `Z = u + h f(u, t_l)`, `u+ = u + h/2 (f(u, t_l) + f(Z, t_l + h))`.
  ///
  /// The lecture evaluates its second stage with the weights theta_{l+1} of the next step, which N
  /// + 1 sets of weights for N steps make possible; the field decides, by the node. It grows
  /// slightly on the imaginary axis: |R(iy)|^2 = 1 + y^4/4.
  ///
  /// Source: K. Heun, Zeitschrift fuer Mathematik und Physik 45 (1900); lecture "Residual Neural
  /// Networks", slide "Multistep Methods" (a Runge-Kutta scheme in spite of the title).
  public static let heun = RungeKutta.known(
    name: "heun",
    title: "Heun's Runge-Kutta scheme of order 2",
    updateEquation: "Z = u + h f(u); u+ = u + h/2 (f(u) + f(Z))",
    source: "K. Heun (1900); lecture \"Residual Neural Networks\"",
    order: 2,
    a: [
      [0, 0],
      [1, 0],
    ],
    b: [1.0 / 2, 1.0 / 2],
    c: [0, 1])
}
