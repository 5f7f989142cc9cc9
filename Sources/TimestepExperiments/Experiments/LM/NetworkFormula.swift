import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A step as a paper writes it, to be carried out by hand with a network's own blocks and compared with the network.
struct NetworkFormula {
  /// The network.
  let network: String
  /// The scheme and step size it has.
  let scheme: String
  /// The step `(u, previous, f) -> u+`.
  let step: @Sendable (Tensor, Tensor?, Branch) throws -> Tensor

  /// A block's field: the number of its function, how often it was applied before in the step, the argument.
  typealias Branch = (_ branch: Int, _ application: Int, _ u: Tensor) throws -> Tensor

  /// `u+ = u + f(u)`
  static let resNet = NetworkFormula(network: "preresnet-20", scheme: "euler") { u, _, f in
    try u + f(0, 0, u)
  }
  /// `u+ = u + F(u) + F(F(u))`
  static let polyNet = NetworkFormula(network: "polynet-20", scheme: "poly-2") { u, _, f in
    let first = try f(0, 0, u)
    return try u + first + f(0, 1, first)
  }
  /// `u+ = u/2 + (u + f1(u))/2 + f2(u + f1(u))`: the order-2 block with k1 = k2 = 1/2, k3 = 1, f2 with the factor 1/2.
  static let fractalNet = NetworkFormula(network: "preresnet-20", scheme: "fractal-2") { u, _, f in
    let inner = try u + f(0, 0, u)
    return try u * 0.5 + inner * 0.5 + f(1, 0, inner) * 0.5
  }
  /// `X+ = X + f(Y), Y+ = Y + g(X+)`
  static let revNet = NetworkFormula(network: "revnet-38", scheme: "rev") { u, _, f in
    let (x, y) = try u.halves()
    let first = try x + f(0, 0, y)
    return try first.joined(with: y + f(1, 0, first))
  }
  /// `u_{l+1} = (1 - k) u_l + k u_{l-1} + f(u_l)`, k = -0.3
  static let multistep = NetworkFormula(network: "lm-resnet-20", scheme: "lm:k=-0.3") {
    u, previous, f in
    guard let previous else { return try u + f(0, 0, u) }
    return try u * 1.3 + previous * -0.3 + f(0, 0, u)
  }

  /// The largest relative difference between the network and the formula, with batch statistics and with running ones.
  func difference() throws -> Double {
    try withoutGradients {
      let side = NetworkIdentity.Side(network: network, scheme: scheme)
      return try [ForwardPass.training, .evaluation].map { pass in
        let expected = try NetworkIdentity.make(side)(NetworkIdentity.input(), pass)
        return try relativeDifference(
          byHand(NetworkIdentity.make(side), NetworkIdentity.input(), pass), expected)
      }.max() ?? .infinity
    }
  }

  /// Stem, blocks by the formula, head. The first block of a stage that changes the shape is an Euler step with the
  /// transition on its skip, whatever the formula, and leaves the mapped state as history.
  private func byHand(_ network: ResidualNetwork, _ input: Tensor, _ pass: ForwardPass) throws
    -> Tensor
  {
    var u = try network.stem(input, pass)
    var previous: Tensor?
    for stage in network.stages {
      let fields = stage.fields
      for number in 0..<stage.grid.steps {
        if number == 0, let transition = stage.transition {
          let mapped = try transition.map(u, pass)
          u = try mapped + fields[number](u, pass)
          previous = mapped
          continue
        }
        let next = try step(u, previous) { branch, application, argument in
          var pass = pass
          pass.application = application
          return try fields[number](argument, branch: branch, pass)
        }
        previous = u
        u = next
      }
    }
    return try network.head(u, pass)
  }
}
