import TimeStepping
import TimestepLayers
import TimestepTorch

/// The fields of a stage in time: which one, with which weights, an evaluation uses.
public final class FieldSchedule {
  /// The fields at the positions of the plan.
  public let fields: [any ResidualField]
  /// The learned parameters that each of them reads: of all sets that are combined, where it has none of its own.
  let parameters: [[Parameter]]
  private let plan: WeightPlan
  /// The combinations by the number of their position.
  private let derived: [Int: ParameterStore]
  /// The sets that no position uses by themselves, with the number of their learned numbers.
  let hiddenSets: [(path: ParameterPath, count: Int)]

  /// A given field in each step, for schemes that start at step `first`.
  ///
  /// - Parameter parameters: what each of the fields reads; needed by adjoints that compute steps again.
  public init(_ fields: [any ResidualField], from first: Int = 0, parameters: [[Parameter]] = []) {
    self.fields = fields
    plan = PerStepWeights.plan(steps: first..<first + fields.count)
    derived = [:]
    hiddenSets = []
    self.parameters = parameters.count == fields.count ? parameters : fields.map { _ in [] }
  }

  /// Makes the sets of weights of a plan below `path`, and a field for every position.
  ///
  /// - Parameter makeField: makes a field with weights below the given path of the given store.
  public init(
    _ plan: WeightPlan, below path: ParameterPath, in store: ParameterStore,
    makeField: (ParameterPath, ParameterStore) throws -> any ResidualField
  ) throws {
    self.plan = plan
    var owned: [Int: (field: any ResidualField, parameters: [Parameter])] = [:]
    for (index, set) in plan.sets.enumerated() {
      let before = store.all.count
      let field = try makeField(path / set.name / "field", store)
      let made = store.all[before...].filter(\.isTrainable)
      if plan.zeroSets.contains(index) {
        for parameter in made { try parameter.assign(try parameter.value.detached() * 0) }
      }
      owned[index] = (field, made)
    }
    var fields: [any ResidualField] = []
    var parameters: [[Parameter]] = []
    var derived: [Int: ParameterStore] = [:]
    for (position, terms) in zip(plan.positions, plan.combinations) {
      if terms.count == 1, terms[0].scale == 1, plan.zeroSets.isEmpty,
        let own = owned[terms[0].set]
      {
        fields.append(own.field)
        parameters.append(own.parameters)
        continue
      }
      let place = path / "states" / WeightPlan.name(position) / "field"
      let combination = ParameterStore(
        combining: terms.map { ($0.scale, path / plan.sets[$0.set].name / "field") }, of: store,
        at: place)
      derived[fields.count] = combination
      fields.append(try makeField(place, combination))
      parameters.append(terms.flatMap { owned[$0.set]?.parameters ?? [] })
    }
    let used = Set(
      zip(plan.combinations, fields.indices).compactMap { terms, index in
        derived[index] == nil ? terms[0].set : nil
      })
    hiddenSets = owned.keys.sorted().filter { !used.contains($0) }.map { index in
      let parameters = owned[index]?.parameters ?? []
      return (
        path / plan.sets[index].name / "field", parameters.reduce(0) { $0 + $1.value.count }
      )
    }
    (self.fields, self.parameters, self.derived) = (fields, parameters, derived)
  }

  /// The sets of weights.
  var sets: [WeightPlan.SetPlace] { plan.sets }

  /// Brings combined weights up to date; before each pass.
  ///
  /// In the order of time: gradients are summed in the order in which operations were recorded, and a dictionary's own
  /// would make another sum, to the last bit, in every process.
  public func refresh() throws {
    for index in derived.keys.sorted() { try derived[index]?.refresh() }
  }

  /// Brings combined weights of some steps up to date; before these steps are computed again, so that their gradients
  /// reach the sets that are combined by one way only.
  func refresh(_ steps: Range<Int>, _ scheme: any Scheme) throws {
    for index in Set(steps.flatMap { positions(of: $0, scheme) }).sorted() {
      try derived[index]?.refresh()
    }
  }

  /// The numbers of the positions that a step evaluates.
  private func positions(of step: Int, _ scheme: any Scheme) -> Set<Int> {
    Set(scheme.nodes.compactMap { plan.index(of: EvaluationPoint(step: step, node: $0, time: 0)) })
  }

  /// The field that a point evaluates.
  public func field(at point: EvaluationPoint) throws -> any ResidualField {
    guard let index = plan.index(of: point), fields.indices.contains(index) else {
      throw ShapeError(
        path: "step \(point.step)", problem: "there are no weights at position \(point.node)")
    }
    return fields[index]
  }

  /// Whether a point's weights are a combination of sets.
  func isCombined(at point: EvaluationPoint) -> Bool {
    plan.index(of: point).map { derived[$0] != nil } ?? false
  }

  /// What a step reads.
  func parameters(of step: Int, _ scheme: any Scheme) -> [Parameter] {
    positions(of: step, scheme).sorted().flatMap { parameters[$0] }
  }
}

extension ParameterPath {
  /// The place whose components follow one another inside `path`.
  static func / (path: ParameterPath, names: [String]) -> ParameterPath {
    names.reduce(path) { $0 / $1 }
  }
}
