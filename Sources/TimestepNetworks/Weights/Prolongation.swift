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
    for parameter in parameters.all where !placed.contains(parameter.path) {
      guard let value = coarse.parameters[parameter.path]?.value else { continue }
      if value.shape == parameter.value.shape { try parameter.assign(value) }
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
  /// The sets of this stage, and their shares, that stand at the time of a set of a finer stage.
  fileprivate func terms(at set: WeightPlan.SetPlace, of fine: Stage) throws -> [(
    place: [String], scale: Double
  )] {
    let nodes = schedule.sets.compactMap(\.position)
    guard let position = set.position, nodes.count == schedule.sets.count, !nodes.isEmpty else {
      throw OptionError(
        "weights", set.name.joined(separator: "."), "these weights have no place in time")
    }
    // Both in units of time since the scheme's first step.
    let time = (position - Double(fine.steps.lowerBound)) * (fine.grid.sizes.last ?? 1)
    let size = grid.sizes.last ?? 1
    let here = size == 0 ? 0 : time / size + Double(steps.lowerBound)
    return PiecewiseLinearWeights.hats(here, nodes: nodes).map {
      (schedule.sets[$0.set].name, $0.scale)
    }
  }
}
