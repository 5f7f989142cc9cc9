import Foundation
import TimestepDiagnostics
import Yams

/// What a file of `timestep sweep` says, in YAML: options of `train --config` for all runs, and lists of those that differ.
///
/// ```yaml
/// dataset: fashion-mnist
/// epochs: 3
/// grid:                       # every network with every h and all widths
///   network: [resnet-20, resnet-56]
///   h: [1, 0.1]
///   widths: [[8, 16], [16, 32]]   # an option that is itself a list
/// settings:                   # each of these with every point of the grid
///   - {learning-rate: 0.1, batch-size: 128}
///   - {learning-rate: 0.4, batch-size: 512}
/// seeds: [7, 8, 9]            # or how many
/// ```
struct SweepFile {
  /// One point: its place on the axes and its options.
  typealias Setting = (values: [TableValue], options: RunOptions)

  let axes: [DiagnosticTable.Column]
  let settings: [Setting]
  let seeds: [UInt64]

  /// Options that have another place here.
  private static let elsewhere = [
    "seed": "give 'seeds: [7, 8, 9]', or how many",
    "output": "give --output to the command",
    "threads": "give --jobs to the command, which divides the cores among the runs",
  ]
  private static let settingLimit = 10_000

  /// Parses YAML; `name` stands in error messages.
  ///
  /// - Throws: ``RunError``.
  init(_ text: String, from name: String) throws {
    var common = try ConfigurationFile.mapping(text, from: name) ?? Node.Mapping([])
    let grid = try Self.grid(common["grid"], from: name)
    let listed = try Self.listed(common["settings"], from: name)
    seeds = try Self.seeds(common["seeds"], from: name)
    for key in ["grid", "settings", "seeds"] { common[key] = nil }

    let keys = listed.keys + grid.map(\.key)
    for key in keys + common.compactMap({ $0.key.string }) {
      guard let remedy = Self.elsewhere[key] else { continue }
      throw RunError(.configuration, "\(name): option '\(key)' has no place here; \(remedy)")
    }
    for key in keys {
      if RunOptions.circumstances.contains(where: { $0.key.rawValue == key }) {
        throw RunError(
          .configuration,
          "\(name): option '\(key)' does not tell runs apart; give it for all of them")
      }
      if keys.filter({ $0 == key }).count > 1 || common[key] != nil {
        throw RunError(.configuration, "\(name): option '\(key)' is given twice")
      }
    }
    var places = listed.rows
    for (key, values) in grid {
      guard places.count * values.count <= Self.settingLimit else {
        throw RunError(.configuration, "\(name): has more than \(Self.settingLimit) settings")
      }
      places = places.flatMap { place in values.map { place + [(key, $0)] } }
    }
    axes = keys.enumerated().map { index, key in Self.axis(key, places.map { $0[index].node }) }
    settings = try places.map { [axes] place in
      var all = common
      for (key, node) in place { all[Node(key)] = node }
      return (
        zip(axes, place).map { Self.value($0.1.node, $0.0.kind) },
        try ConfigurationFile.options(all, from: name)
      )
    }
    var seen: Set<[TableValue]> = []
    for setting in settings where !seen.insert(setting.values).inserted {
      throw RunError(
        .configuration, "\(name): the setting \(axes.place(setting.values)) stands there twice")
    }
  }

  /// `grid: {option: [value, ...]}`
  private static func grid(_ node: Node?, from name: String) throws -> [(
    key: String, values: [Node]
  )] {
    guard let node else { return [] }
    guard let mapping = node.mapping, !mapping.isEmpty else {
      throw RunError(.configuration, "\(name): 'grid' takes lines such as 'h: [1, 0.1]'")
    }
    return try mapping.map { key, values in
      guard let key = key.string, let list = values.sequence, !list.isEmpty else {
        throw RunError(
          .configuration,
          "\(name): grid: '\(key.string ?? "?")' takes a list of values, such as 'h: [1, 0.1]'")
      }
      try checkLists(key, Array(list), from: name)
      return (key, Array(list))
    }
  }

  /// Refuses single values of an option that takes a list: as the list in which they stand is one of values.
  private static func checkLists(_ key: String, _ values: [Node], from name: String) throws {
    func isTaken(_ value: Node) -> Bool {
      (try? ConfigurationFile.options(Node.Mapping([(Node(key), value)]), from: name)) != nil
    }
    let words = values.compactMap(\.string)
    guard words.count == values.count,
      values.contains(where: { !isTaken($0) && isTaken(Node([$0])) })
    else { return }
    let list = "[\(words.joined(separator: ", "))]"
    throw RunError(
      .configuration,
      "\(name): grid: a value of '\(key)' is itself a list; write '\(key): [\(list)]' for this one, and further "
        + "ones after it: '\(key): [\(list), [...]]'")
  }

  /// `settings: [{option: value, ...}, ...]`; one without options where there are none.
  private static func listed(_ node: Node?, from name: String) throws -> (
    keys: [String], rows: [[(key: String, node: Node)]]
  ) {
    guard let node else { return ([], [[]]) }
    let rows = (node.sequence.map(Array.init) ?? []).compactMap { row in
      row.mapping.map { $0.compactMap { pair in pair.key.string.map { ($0, pair.value) } } }
    }
    guard let first = rows.first, !first.isEmpty, rows.count == node.sequence?.count else {
      throw RunError(
        .configuration, "\(name): 'settings' takes a list such as '- {depth: 20, h: 0.1}'")
    }
    let keys = first.map(\.0)
    return (
      keys,
      try rows.map { row in
        guard row.map(\.0).sorted() == keys.sorted() else {
          throw RunError(
            .configuration,
            "\(name): settings: each takes the same options, here \(keys.joined(separator: ", "))")
        }
        return keys.compactMap { key in row.first { $0.0 == key }.map { (key, $0.1) } }
      }
    )
  }

  /// `seeds: [7, 8]` or `seeds: 2`, which is `[0, 1]`.
  private static func seeds(_ node: Node?, from name: String) throws -> [UInt64] {
    guard let node else { return [0] }
    if let count = node.int, (1...settingLimit).contains(count) {
      return (0..<UInt64(count)).map { $0 }
    }
    let list = (node.sequence.map(Array<Node>.init) ?? []).map { entry in
      entry.scalar.flatMap { UInt64.construct(from: $0) }
    }
    let seeds = list.compactMap { $0 }
    guard !seeds.isEmpty, seeds.count == list.count, Set(seeds).count == seeds.count else {
      throw RunError(
        .configuration, "\(name): 'seeds' takes different whole numbers such as [7, 8], or how many"
      )
    }
    return seeds
  }

  /// The column of an option: numbers where all of its values are.
  private static func axis(_ key: String, _ values: [Node]) -> DiagnosticTable.Column {
    let name = key.replacingOccurrences(of: "-", with: "_")
    if values.allSatisfy({ $0.int != nil }) { return .integer(name, key) }
    return values.allSatisfy { $0.float != nil } ? .number(name, key) : .text(name, key)
  }

  private static func value(_ node: Node, _ kind: DiagnosticTable.Kind) -> TableValue {
    switch kind {
    case .integer: return node.int.map { .integer($0) } ?? .missing
    case .number: return .number(node.float)
    default:
      let parts = node.sequence?.compactMap { $0.string } ?? [node.string ?? ""]
      return .text(parts.joined(separator: " "))
    }
  }
}
