import TimeStepping
import TimestepLayers

/// What a stage consists of, layer by layer, and what it keeps for gradients.
extension Stage {
  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try inlet?.trace(shape, &table) ?? shape
    memory = StageMemory()
    if let transition {
      let mapped =
        try transition.place == .absent
        ? entryShape(shape) : transition.map.trace(shape, &table)
      if let historyTransition { _ = try historyTransition.map.trace(shape, &table) }
      if let entry {
        try trace(step: 0, "euler", table: &table, output: mapped) { table in
          for branch in 0..<noise.mixedBranches {
            try Self.check(entry.trace(shape, branch: branch, &table), mapped, path / "steps" / 0)
          }
        }
      }
      shape = mapped
    }
    for set in schedule.hiddenSets {
      table.add(set.path, "set of weights", outputShape: [], parameters: set.count)
    }
    memory.entry = table.keptElements
    for step in steps {
      let before = table.keptElements
      try trace(step: step, scheme.name, table: &table, output: shape) { table in
        try traceEvaluations(of: step, shape, &table)
      }
      memory.steps.append(table.keptElements - before)
    }
    memory.state =
      shape.reduce(1, *) * (scheme.halvesState ? 1 : (scheme.statesCarried ?? grid.steps))
    return shape
  }

  /// The shape that the field of the first step makes of another.
  private func entryShape(_ shape: [Int]) throws -> [Int] {
    var unused = LayerTable()
    return try entry?.trace(shape, branch: 0, &unused) ?? shape
  }

  private func traceEvaluations(of step: Int, _ shape: [Int], _ table: inout LayerTable) throws {
    var applications: [Int: Int] = [:]
    let place = path / "steps" / step
    for evaluation in scheme.evaluations {
      table.application = applications[evaluation.branch, default: 0]
      applications[evaluation.branch, default: 0] += 1
      defer { table.application = 0 }
      let point = EvaluationPoint(step: step, node: evaluation.node, time: 0)
      let field = try schedule.field(at: point)
      let first = table.rows.count
      defer {
        // Their learned numbers are those of the sets they combine.
        if schedule.isCombined(at: point) {
          for row in first..<table.rows.count { table.rows[row].parameters = 0 }
        }
      }
      for branch in noise.mixedBranches > 1 ? Array(0..<noise.mixedBranches) : [evaluation.branch] {
        var part = shape
        if scheme.halvesState {
          guard let channels = shape.first, channels.isMultiple(of: 2) else {
            throw ShapeError(
              path: place.description,
              problem: "the scheme \(scheme.name) splits the state \(shape) into halves")
          }
          part[0] = channels / 2
        }
        try Self.check(field.trace(part, branch: branch, &table), part, place)
      }
    }
  }

  private func trace(
    step: Int, _ name: String, table: inout LayerTable, output: [Int],
    _ field: (inout LayerTable) throws -> Void
  ) throws {
    try field(&table)
    let place = path / "steps" / step
    let coefficients = coefficients.parameters(of: step).reduce(0) { $0 + $1.value.count }
    table.add(
      place, "step (\(name), h = \(grid.sizes[step]))", outputShape: output,
      parameters: coefficients, keptElements: output.reduce(1, *))
  }

  private static func check(_ value: [Int], _ state: [Int], _ path: ParameterPath) throws {
    guard value == state else {
      throw ShapeError(
        path: path.description,
        problem: "the field's value \(value) does not have the state's shape \(state)")
    }
  }
}

/// How many numbers a stage keeps for the gradient of one example.
struct StageMemory {
  /// Up to the scheme's first step.
  var entry = 0
  /// In each step.
  var steps: [Int] = []
  /// What is carried from step to step.
  var state = 0
}
