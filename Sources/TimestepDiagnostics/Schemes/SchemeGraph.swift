import TimeStepping

/// One step of a scheme as a graph of states, evaluations of the field and sums, found by running the scheme on symbols.
struct SchemeGraph {
  /// A node at a place; time goes to the right.
  struct Node {
    enum Kind { case state, field, sum }
    var kind: Kind
    var label: String
    var x: Double
    var y: Double
  }

  /// What goes into a node, multiplied by a number.
  struct Edge {
    var from: Int
    var to: Int
    var weight: Double
  }

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []
  private var places: [Symbol: Int] = [:]
  private var sums: [SymbolicState: Int] = [:]

  /// Runs a step of size 1.
  ///
  /// - Throws: ``DiagnosticError`` for a scheme that solves equations with the field.
  init(_ scheme: any Scheme) throws {
    guard scheme.requirements.isEmpty else {
      throw DiagnosticError(
        .doesNotApply, scheme.name, "solves equations with its field; choose an explicit scheme")
    }
    let field = SymbolicField(hasBranches: scheme.branches > 1)
    let names =
      scheme.halvesState || scheme.equation == .partitioned ? ["X", "Y"] : ["u", "u_prev"]
    var start = SchemeState(current: SymbolicState(names[0]))
    if scheme.statesCarried != 1 { start.history = [SymbolicState(names[1])] }
    for (index, state) in ([start.current] + start.history).enumerated() {
      for term in state.terms {
        places[term.symbol] = add(.state, names[index], x: 0, y: -Double(index))
      }
    }
    let end = try scheme.step(start, size: 1, field: field)
    for (number, evaluation) in field.evaluations.enumerated() {
      let argument = node(of: evaluation.argument)
      let (x, y) = (nodes[argument].x + 1, nodes[argument].y)
      // Beside the line of the states, and beside other evaluations of the same argument.
      var height = nodes[argument].kind == .field ? y : y + 0.6
      while nodes.contains(where: { $0.x == x && $0.y == height }) { height += 0.6 }
      let place = add(.field, evaluation.label, x: x, y: height)
      edges.append(Edge(from: argument, to: place, weight: 1))
      places[.value(number)] = place
    }
    let moved = scheme.equation == .partitioned ? [end.current] + end.history : [end.current]
    for (name, state) in zip(names, moved) {
      let place = node(of: state)
      nodes[place].label = "\(name)+"
      nodes[place].y = name == names[0] ? 0 : -1
    }
  }

  private mutating func add(_ kind: Node.Kind, _ label: String, x: Double, y: Double) -> Int {
    nodes.append(Node(kind: kind, label: label, x: x, y: y))
    return nodes.count - 1
  }

  /// The node of a value: that of a symbol, or a sum, made where it is not there yet.
  private mutating func node(of state: SymbolicState) -> Int {
    if state.terms.count == 1, let term = state.terms.first, term.scale == 1,
      let place = places[term.symbol]
    {
      return place
    }
    if let place = sums[state] { return place }
    let parts = state.terms.compactMap { term in places[term.symbol].map { ($0, term.scale) } }
    let x = (parts.map { nodes[$0.0].x }.max() ?? 0) + 1
    // Above the line of the first state that goes in, which passes by.
    let y = 0.3 + (parts.first { nodes[$0.0].kind == .state }.map { nodes[$0.0].y } ?? 0)
    let place = add(.sum, "", x: x, y: y)
    edges += parts.map { Edge(from: $0.0, to: place, weight: $0.1) }
    sums[state] = place
    return place
  }
}

/// What a step is made of: the states that it begins with, and the values of its evaluations by their number.
enum Symbol: Sendable, Hashable {
  case state(String)
  case value(Int)
}

/// A linear combination of symbols.
struct SymbolicState: VectorSpace, Hashable {
  /// A symbol and its factor.
  struct Term: Sendable, Hashable {
    var scale: Double
    var symbol: Symbol
  }

  private(set) var terms: [Term]

  /// A state by name.
  init(_ name: String) { terms = [Term(scale: 1, symbol: .state(name))] }
  /// The value of an evaluation.
  init(value number: Int) { terms = [Term(scale: 1, symbol: .value(number))] }

  func adding(_ direction: SymbolicState, scaledBy scale: Double) -> SymbolicState {
    var sum = self
    for term in direction.terms {
      if let index = sum.terms.firstIndex(where: { $0.symbol == term.symbol }) {
        sum.terms[index].scale += scale * term.scale
      } else {
        sum.terms.append(Term(scale: scale * term.scale, symbol: term.symbol))
      }
    }
    sum.terms.removeAll { $0.scale == 0 }
    return sum
  }

  func scaled(by scale: Double) -> SymbolicState {
    var product = self
    for index in product.terms.indices { product.terms[index].scale *= scale }
    product.terms.removeAll { $0.scale == 0 }
    return product
  }

  func multiplied(byCoefficient coefficient: SymbolicState) throws -> SymbolicState {
    throw DiagnosticError(.doesNotApply, "schematic", "symbols are not multiplied with each other")
  }
  func divided(byCoefficient coefficient: SymbolicState) throws -> SymbolicState {
    try multiplied(byCoefficient: coefficient)
  }
}

/// A field that notes what it is asked for.
private final class SymbolicField: VectorField {
  private(set) var evaluations: [(argument: SymbolicState, label: String)] = []
  private let hasBranches: Bool

  init(hasBranches: Bool) { self.hasBranches = hasBranches }

  func callAsFunction(_ u: SymbolicState, at point: EvaluationPoint) -> SymbolicState {
    evaluations.append((u, hasBranches ? "f\(point.branch)" : "f"))
    return SymbolicState(value: evaluations.count - 1)
  }

  /// Evaluated before it is added, as in a network.
  func stepping(
    from base: SymbolicState, along u: SymbolicState, at point: EvaluationPoint, size h: Double
  ) throws -> SymbolicState {
    base.adding(self(u, at: point), scaledBy: h)
  }
}
