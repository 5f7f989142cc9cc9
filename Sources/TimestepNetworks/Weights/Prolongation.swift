import TimeStepping
import TimestepLayers
import TimestepTorch

/// Multilevel training in time: a trained network starts one with more, shorter steps.
extension ResidualNetwork {
  /// Takes the weights of a network with fewer steps over the same time, N to 2N and h to h/2 for instance.
  ///
  /// ```
  /// theta_new(t) = linear interpolation of the coarse network's sets of weights in time, constant beyond the last
  /// ```
  ///
  /// Parameters and buffers outside the stages' steps are copied. Source: Meganet.m; Haber and Ruthotto (2017)
  /// (spec, lecture 6.9).
  ///
  /// - Throws: ``OptionError`` if the networks differ in more than their steps, or if their weights have no place in
  ///   time, as those of a polynomial.
  public func prolong(_ coarse: ResidualNetwork) throws {
    guard stages.count == coarse.stages.count else {
      throw OptionError(
        "initialize-from", "\(coarse.stages.count) stages", "this network has \(stages.count)")
    }
    var placed: Set<String> = []
    for (index, (fine, other)) in zip(stages, coarse.stages).enumerated() {
      let path = ParameterPath.root / "stages" / index
      for set in fine.schedule.sets {
        let terms = try other.terms(at: set, of: fine)
        for parameter in parameters.all where parameter.path.hasPrefix("\(path / set.name).field") {
          let suffix = parameter.path.dropFirst("\(path / set.name)".count)
          let values = try terms.map { place, scale in
            try coarse.value("\(path / place)\(suffix)", for: parameter) * scale
          }
          try parameter.assign(values.dropFirst().reduce(values[0]) { try $0 + $1 })
          placed.insert(parameter.path)
        }
      }
    }
    for (index, (fine, other)) in zip(stages, coarse.stages).enumerated() {
      try prolongCoefficients(
        of: fine, from: other, in: coarse, below: ParameterPath.root / "stages" / index, &placed)
    }
    for parameter in parameters.all where !placed.contains(parameter.path) {
      try parameter.assign(coarse.value(parameter.path, for: parameter))
    }
  }

  /// Trained coefficients of the scheme, such as a k for each step: linear in time between those of the coarse steps.
  private func prolongCoefficients(
    of fine: Stage, from other: Stage, in coarse: ResidualNetwork, below path: ParameterPath,
    _ placed: inout Set<String>
  ) throws {
    for step in fine.steps {
      for parameter in fine.coefficients.parameters(of: step) {
        let place = "\(path / "steps" / step)."
        guard parameter.path.hasPrefix(place) else { continue }
        let name = parameter.path.dropFirst(place.count)
        func source(_ step: Int) -> String { "\(path / "steps" / step).\(name)" }
        let nodes = other.steps.filter { coarse.parameters[source($0)] != nil }
        guard !nodes.isEmpty else {
          throw OptionError(
            "initialize-from", parameter.path, "the coarse network has no coefficient \(name)")
        }
        let hats = PiecewiseLinearWeights.hats(
          other.step(at: Double(step), of: fine), nodes: nodes.map(Double.init))
        let values = try hats.map {
          try coarse.value(source(nodes[$0.set]), for: parameter) * $0.scale
        }
        try parameter.assign(values.dropFirst().reduce(values[0]) { try $0 + $1 })
        placed.insert(parameter.path)
      }
    }
  }

  private func value(_ path: String, for fine: Parameter) throws -> Tensor {
    guard let value = parameters[path]?.value, value.shape == fine.value.shape else {
      throw OptionError(
        "initialize-from", fine.path, "the coarse network has no weights of this shape at \(path)")
    }
    return try value.detached()
  }
}

extension Stage {
  /// Where on this stage's grid a position of a finer one stands.
  fileprivate func step(at position: Double, of fine: Stage) -> Double {
    // Both in units of time since the scheme's first step.
    let time = (position - Double(fine.steps.lowerBound)) * (fine.grid.sizes.last ?? 1)
    let size = grid.sizes.last ?? 1
    return size == 0 ? 0 : time / size + Double(steps.lowerBound)
  }

  /// The sets of this stage, and their shares, that stand at the time of a set of a finer stage.
  fileprivate func terms(at set: WeightPlan.SetPlace, of fine: Stage) throws -> [(
    place: [String], scale: Double
  )] {
    let nodes = schedule.sets.compactMap(\.position)
    guard let position = set.position, nodes.count == schedule.sets.count, !nodes.isEmpty else {
      throw OptionError(
        "weights", set.name.joined(separator: "."), "these weights have no place in time")
    }
    return PiecewiseLinearWeights.hats(step(at: position, of: fine), nodes: nodes).map {
      (schedule.sets[$0.set].name, $0.scale)
    }
  }
}
