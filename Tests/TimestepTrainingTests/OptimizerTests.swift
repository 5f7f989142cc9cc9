import Foundation
import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

/// Minimises `f(p) = 1/2 sum_i a_i (p_i - c_i)^2`, beside the same rule written out for arrays.
@Suite("Optimisers")
struct OptimizerTests {
  private static let a = [0.5, 1, 4]
  private static let c = [1.0, -2, 0.25]
  private static let start = 1.5

  private func parameter(_ name: String, in store: ParameterStore) throws -> Parameter {
    try store.constant(
      ParameterPath.root / name, shape: [3], value: Self.start, isTrainable: true)
  }

  private func addGradient(of parameter: Parameter) throws {
    let difference = try parameter.value - Tensor(Self.c)
    try (difference * difference * Tensor(Self.a) * 0.5).sum().backward()
  }

  private func gradient(_ p: [Double]) -> [Double] {
    p.indices.map { Self.a[$0] * (p[$0] - Self.c[$0]) }
  }

  private func close(_ parameter: Parameter, _ expected: [Double]) throws -> Bool {
    let found = try parameter.value.scalars(Double.self)
    return found.count == expected.count
      && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-13 * max(1, abs($1)) }
  }

  @Test(
    "SGD is its formula",
    arguments: [
      (0, 0, false), (0.9, 0, false), (0.9, 0.01, false), (0, 0.1, false), (0.8, 0.01, true),
    ])
  func sgd(momentum: Double, decay: Double, nesterov: Bool) throws {
    let store = ParameterStore(dataType: .float64)
    let parameter = try parameter("p", in: store)
    let sgd = try SGD(
      store.trainable, momentum: momentum, weightDecay: decay, nesterov: nesterov)
    var p = [Double](repeating: Self.start, count: 3)
    var m = [0.0, 0, 0]
    for step in 1...6 {
      let rate = 0.1 / Double(step)
      try sgd.clearGradients()
      try addGradient(of: parameter)
      try sgd.step(rate: rate)
      let gradient = gradient(p)
      for i in p.indices {
        let g = gradient[i] + decay * p[i]
        m[i] = momentum * m[i] + g
        p[i] -= rate * (nesterov ? g + momentum * m[i] : m[i])
      }
      #expect(try close(parameter, p), "step \(step)")
      #expect(sgd.steps == step)
    }
    #expect(sgd.state.map(\.name) == (momentum == 0 ? [] : ["momentum/p"]))
  }

  @Test("Adam is its formula", arguments: [0, 0.05])
  func adam(decay: Double) throws {
    let store = ParameterStore(dataType: .float64)
    let parameter = try parameter("p", in: store)
    let adam = try Adam(store.trainable, weightDecay: decay)
    var p = [Double](repeating: Self.start, count: 3)
    var (m, v) = ([0.0, 0, 0], [0.0, 0, 0])
    var (power1, power2) = (1.0, 1.0)
    for step in 1...6 {
      try adam.clearGradients()
      try addGradient(of: parameter)
      try adam.step(rate: 0.1)
      let gradient = gradient(p)
      power1 *= 0.9
      power2 *= 0.999
      for i in p.indices {
        let g = gradient[i] + decay * p[i]
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        p[i] -= 0.1 * (m[i] / (1 - power1)) / ((v[i] / (1 - power2)).squareRoot() + 1e-8)
      }
      #expect(try close(parameter, p), "step \(step)")
    }
    #expect(adam.steps == 6)
    #expect(adam.state.map(\.name) == ["first/p", "second/p"])
  }

  @Test("Weight decay leaves out parameters that it does not apply to", arguments: [true, false])
  func undecayed(isAdam: Bool) throws {
    let store = ParameterStore(dataType: .float64)
    let (decay, rate) = (0.1, 0.05)
    let parameters = try ["first", "scheme", "last"].map { name in
      let path = ParameterPath.root / name
      let parameter = try store.parameter(
        path, shape: [3], fans: Fans(input: 1, output: 1), isDecayed: name != "scheme")
      try parameter.assign(Tensor.full([3], Self.start, .float64))
      return parameter
    }
    let rule: any Optimizer =
      try isAdam
      ? Adam(store.trainable, weightDecay: decay)
      : SGD(store.trainable, momentum: 0.9, weightDecay: decay)
    var p = [[Double]](repeating: .init(repeating: Self.start, count: 3), count: 3)
    var m = [[Double]](repeating: [0, 0, 0], count: 3)
    var v = m
    for step in 1...5 {
      try rule.clearGradients()
      try parameters.forEach { try addGradient(of: $0) }
      try rule.step(rate: rate)
      for k in p.indices {
        let gradient = gradient(p[k])
        for i in p[k].indices {
          let g = gradient[i] + (k == 1 ? 0 : decay) * p[k][i]
          if isAdam {
            m[k][i] = 0.9 * m[k][i] + 0.1 * g
            v[k][i] = 0.999 * v[k][i] + 0.001 * g * g
            let (mean, square) = (
              m[k][i] / (1 - pow(0.9, Double(step))), v[k][i] / (1 - pow(0.999, Double(step)))
            )
            p[k][i] -= rate * mean / (square.squareRoot() + 1e-8)
          } else {
            m[k][i] = 0.9 * m[k][i] + g
            p[k][i] -= rate * m[k][i]
          }
        }
      }
      for k in p.indices { #expect(try close(parameters[k], p[k]), "step \(step), \(k)") }
      #expect(rule.steps == step)
    }
  }

  @Test("Gradients add up until they are cleared")
  func clearing() throws {
    let store = ParameterStore(dataType: .float64)
    let parameter = try parameter("p", in: store)
    let sgd = try SGD(store.trainable, momentum: 0)
    let once = gradient([Double](repeating: Self.start, count: 3))
    try addGradient(of: parameter)
    try addGradient(of: parameter)
    #expect(try parameter.value.gradient?.scalars(Double.self) == once.map { 2 * $0 })
    try sgd.clearGradients()
    #expect(try parameter.value.gradient == nil)
    try addGradient(of: parameter)
    #expect(try parameter.value.gradient?.scalars(Double.self) == once)
  }

  @Test("A parameter without gradient stays as it is, and starts afresh with its first gradient")
  func withoutGradient() throws {
    for make in OptimizerCatalog.all.map(\.make) {
      let store = ParameterStore(dataType: .float64)
      let (used, idle) = (try parameter("used", in: store), try parameter("idle", in: store))
      let rule = try make(store.trainable, .init(momentum: 0.9, weightDecay: 0.1))
      let initial = [Double](repeating: Self.start, count: 3)
      for _ in 0..<2 {
        try rule.clearGradients()
        try addGradient(of: used)
        try rule.step(rate: 0.1)
      }
      #expect(try idle.value.scalars(Double.self) == initial, "\(rule.name)")
      #expect(try used.value.scalars(Double.self) != initial, "\(rule.name)")
      try rule.clearGradients()
      try addGradient(of: idle)
      try rule.step(rate: 0.1)
      if rule.name == "sgd" {
        let moved = zip(initial, gradient(initial)).map { $0 - 0.1 * ($1 + 0.1 * $0) }
        #expect(try close(idle, moved))
      }
    }
  }

  @Test("A gradient in another memory order is applied to the right elements")
  func memoryOrder() throws {
    for make in OptimizerCatalog.all.map(\.make) {
      var results: [[Double]] = []
      for transposed in [false, true] {
        let store = ParameterStore(dataType: .float64)
        let path = ParameterPath.root / "p"
        let parameter = try store.constant(path, shape: [2, 3], value: 1, isTrainable: true)
        let rule = try make(store.trainable, .init(momentum: 0.9, weightDecay: 0))
        let gradient =
          try transposed
          ? Tensor([1.0, 4, 2, 5, 3, 6], shape: [3, 2]).transposed()
          : Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
        // Twice, so that Adam's step depends on more than the gradient's sign.
        for factor in [1.0, 0.25] {
          try parameter.value.setGradient(withoutGradients { try gradient * factor })
          try rule.step(rate: 0.1)
        }
        results.append(try parameter.value.scalars(Double.self))
      }
      #expect(results[0] == results[1])
    }
  }
}
