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

  /// Reads a path of a network.
  init(_ path: String, of network: ResidualNetwork) {
    let parts = path.split(separator: ".").map(String.init)
    self.path = path
    guard parts.count >= 3, parts[0] == "stages", let number = Int(parts[1]),
      network.stages.indices.contains(number)
    else {
      (kind, stage, step) = (.stem, nil, nil)
      return
    }
    stage = number
    step = parts.count == 4 && parts[2] == "steps" ? Int(parts[3]) : nil
    let isFirstWithTransition = step == 0 && network.stages[number].entry != nil
    kind = step == nil || isFirstWithTransition ? .transition : .step
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
