import TimestepNetworks

/// A block of a network by its place, as ``TimestepLayers/ForwardProbe`` names the state at its end.
struct BlockPlace: Hashable {
  /// What a block is.
  enum Kind: String, CaseIterable {
    /// The layers before the first state.
    case stem
    /// A change of shape: a map that stands by itself, or a step with one on its shortcut.
    case transition
    /// A step from a space into itself.
    case step
  }

  /// `stages.1.steps.4`, `stages.1.transition` or `stem`.
  let path: String
  /// What it is.
  let kind: Kind
  /// The number of the stage; nil for the stem.
  let stage: Int?
  /// The number of the step in its stage; nil where it is none.
  let step: Int?
  /// The number along the network from 1, transitions that stand by themselves included; 0 for the stem.
  let number: Int

  /// Reads a path of a network.
  init(_ path: String, of network: ResidualNetwork) {
    let parts = path.split(separator: ".").map(String.init)
    self.path = path
    guard parts.count >= 3, parts[0] == "stages", let number = Int(parts[1]),
      network.stages.indices.contains(number)
    else {
      (kind, stage, step, self.number) = (.stem, nil, nil, 0)
      return
    }
    stage = number
    step = parts.count == 4 && parts[2] == "steps" ? Int(parts[3]) : nil
    let isFirstWithTransition = step == 0 && network.stages[number].entry != nil
    kind = step == nil || isFirstWithTransition ? .transition : .step
    let before = network.stages[..<number].reduce(0) {
      $0 + ($1.hasTransitionAlone ? 1 : 0) + $1.grid.steps
    }
    self.number =
      before + (step.map { $0 + (network.stages[number].hasTransitionAlone ? 1 : 0) } ?? 0) + 1
  }

  /// The block that holds a parameter or a layer, such as that of `stages.1.steps.4.field.conv2.weight`.
  init(containing path: String, of network: ResidualNetwork) {
    let parts = path.split(separator: ".").map(String.init)
    let length = parts.count > 3 && parts[2] == "steps" ? 4 : 3
    self.init(parts.prefix(length).joined(separator: "."), of: network)
  }

  /// The number, the stage and the path, as rows of tables begin.
  var cells: [TableValue] {
    [.integer(number), .text(stage.map { "stage \($0)" }), .text(path)]
  }

  /// The columns of ``cells``.
  static let columns: [DiagnosticTable.Column] = [
    .integer("block", "block"), .text("stage", "stage"),
    .text("path", "place"),
  ]
}

extension Stage {
  /// Whether a change of shape stands before the first step, and is no part of it.
  fileprivate var hasTransitionAlone: Bool {
    entry == nil && (transition != nil || inlet != nil)
  }
}

extension DiagnosticTable {
  /// The kinds of blocks in the order of legends.
  static let blockKinds: [JSONValue] = BlockPlace.Kind.allCases.map { .text($0.rawValue) }
}

extension Plot.Channel {
  /// Colours by the kind of a block, always the same.
  static let blockKind = Plot.Channel.column("kind", domain: DiagnosticTable.blockKinds)
}
