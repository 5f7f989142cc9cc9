import TimeStepping
import TimestepLayers

/// One parameter of a stage's field in time: theta(t_0), theta(t_1), ...
public struct WeightTrajectory: Sendable {
  /// The stage and the parameter's name in its field, e.g. `stages.0` and `linear.weight`.
  public let stage: String
  /// The name below a set of weights.
  public let name: String
  /// The values in the order of time, all of one shape.
  public let parameters: [Parameter]
  /// Their times, ascending.
  public let times: [Double]

  /// Whether it is the scale or shift of a norm.
  public var isOfNorm: Bool {
    name.split(separator: ".").dropLast().contains { $0.hasPrefix("norm") }
  }
}

extension ResidualNetwork {
  /// The learned weights of all stages in time.
  ///
  /// The first step after a transition on the shortcut is left out: its field leads between two spaces.
  ///
  /// - Throws: ``OptionError`` where weights have no place in time, as those of a polynomial.
  public func weightTrajectories() throws -> [WeightTrajectory] {
    try stages.enumerated().flatMap { index, stage in
      try stage.trajectories(below: ParameterPath.root / "stages" / index, in: parameters)
    }
  }
}

extension Stage {
  /// The time of a position l + c on the grid.
  func time(of position: Double) -> Double {
    let step = min(max(Int(position.rounded(.down)), 0), grid.steps - 1)
    return grid.times[step] + (position - Double(step)) * grid.sizes[step]
  }

  fileprivate func trajectories(below path: ParameterPath, in store: ParameterStore) throws
    -> [WeightTrajectory]
  {
    let sets = schedule.sets
    let places = try sets.map { set in
      guard let position = set.position else {
        throw OptionError(
          "weights", set.name.joined(separator: "."),
          "these weights have no times, they are smooth by themselves; use per-step, nodes, "
            + "independent or linear")
      }
      return (prefix: "\(path / set.name).field.", time: time(of: position))
    }
    guard let first = places.first else { return [] }
    let names = store.trainable.filter { $0.path.hasPrefix(first.prefix) }.map {
      String($0.path.dropFirst(first.prefix.count))
    }
    return names.compactMap { name in
      let values = places.compactMap { store[$0.prefix + name] }
      guard values.count == places.count else { return nil }
      return WeightTrajectory(
        stage: path.description, name: name, parameters: values, times: places.map(\.time))
    }
  }
}
