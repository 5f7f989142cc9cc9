import Foundation

extension Plot {
  /// The schema that specifications follow.
  static let schema = "https://vega.github.io/schema/vega-lite/v5.json"

  /// How axes, legends and titles look.
  private static let configuration: JSONValue = [
    "axis": [
      "labelFontSize": 12, "titleFontSize": 13, "labelLimit": 220, "labelOverlap": "greedy",
      "labelSeparation": 6,
    ],
    "legend": [
      "labelFontSize": 12, "titleFontSize": 12, "labelLimit": 260, "titleLimit": 400,
      // As clear as a line, also where the mark is a pale band.
      "symbolOpacity": 1,
    ],
    "title": ["fontSize": 16, "subtitleFontSize": 12, "subtitleColor": "#555"],
    "header": ["labelFontSize": 13, "titleFontSize": 13],
    "line": ["strokeWidth": 2],
  ]

  /// The Vega-Lite v5 specification, with the tables' rows in it as CSV, so that it can be drawn without anything else.
  ///
  /// - Throws: ``DiagnosticError`` where a table or a column that it draws is not there.
  public func specification(_ tables: [DiagnosticTable]) throws -> JSONValue {
    var rows: [String: PlottedRows] = [:]
    var drawn: [JSONValue] = []
    let axes = try Axes(title: axisTitles(tables), logarithmic: logarithmicAxes(tables))
    let filled = try layers.filter { try hasMarks($0, tables) }
    for layer in filled.isEmpty ? layers : filled {
      let table = try table(layer.table, in: tables)
      rows[table.name] = rows[table.name] ?? plotted(table)
      drawn.append(try specification(of: layer, table, axes))
    }
    var result: [String: JSONValue] = [
      "$schema": .text(Self.schema), "datasets": .object(rows.mapValues { .text($0.csv) }),
      "title": .object([
        "text": .text(title), "subtitle": .array(subtitle.map { .text($0) }), "anchor": "start",
      ]),
      "background": "white",
      "config": Self.configuration,
    ]
    let content: [String: JSONValue] = [
      "layer": .array(drawn), "width": .number(width), "height": .number(height),
    ]
    guard let facet else {
      return Self.reading(rows, .object(result.merging(content) { $1 }))
    }
    let first = try table(layers.first?.table ?? "", in: tables)
    let column = try column(facet.column, of: first)
    // A facet divides the rows of one data set, so that all layers read the same table.
    guard layers.allSatisfy({ $0.table == first.name }) else {
      throw DiagnosticError(.fault, name, "small multiples draw one table")
    }
    let panels = Self.distinct(first[column.name].map(JSONValue.init))
    result["data"] = .object(["name": .text(first.name)])
    result["facet"] = .object([
      // Numbers say what they count.
      "header": column.measure == .quantitative
        ? ["labelExpr": .text("'\(column.title) ' + datum.label")] : [:],
      "field": .text(column.name), "type": .text(column.measure.rawValue),
      "title": .null, "sort": .array(panels),
    ])
    result["columns"] = .number(Double(facet.columns))
    result["spec"] = .object(content)
    var resolve: [String: JSONValue] = [:]
    var scales: [String: JSONValue] = [:]
    if facet.independentX == true { scales["x"] = "independent" }
    if facet.independentY { scales["y"] = "independent" }
    if !scales.isEmpty { resolve["scale"] = .object(scales) }
    // A shared axis would be drawn in the last row under places without a picture.
    if panels.count > facet.columns, !panels.count.isMultiple(of: facet.columns) {
      resolve["axis"] = ["x": "independent"]
    }
    if !resolve.isEmpty { result["resolve"] = .object(resolve) }
    return Self.reading(rows, .object(result))
  }

  /// The specification with what the texts of each table's rows are read as.
  private static func reading(_ rows: [String: PlottedRows], _ value: JSONValue) -> JSONValue {
    guard case .object(var members) = value else { return value }
    if let name = members["data"]?["name"], case .text(let table) = name,
      let kinds = rows[table]?.kinds
    {
      members["data"] = ["name": name, "format": ["type": "csv", "parse": .object(kinds)]]
    }
    if case .array(let layers) = members["layer"] {
      members["layer"] = .array(layers.map { reading(rows, $0) })
    }
    return .object(members)
  }

  /// The rows of a table that layers draw: those columns that they name, and all where pointing at a mark shows its row.
  private func plotted(_ table: DiagnosticTable) -> PlottedRows {
    let mine = layers.filter { $0.table == table.name }
    var (columns, categories): (Set<String>, Set<String>) = ([], [])
    for layer in mine {
      if layer.mark.hasTooltip { columns.formUnion(table.columns.map(\.name)) }
      for channel in [
        layer.x, layer.y, layer.x2, layer.y2, layer.color, layer.shape, layer.dash, layer.text,
      ] {
        guard let channel, let name = channel.column, let index = table.index(of: name) else {
          continue
        }
        columns.insert(name)
        if (channel.measure ?? table.columns[index].measure) != .quantitative {
          categories.insert(name)
        }
      }
      if let order = layer.order { columns.insert(order) }
      if let detail = layer.detail { categories.insert(detail) }
      // A column that an expression names.
      if let filter = layer.filter {
        columns.formUnion(table.columns.map(\.name).filter { filter.contains($0) })
      }
    }
    if let facet { categories.insert(facet.column) }
    return PlottedRows(table, columns: columns.union(categories), categories: categories)
  }

  /// Whether a layer has a row with a number in each of its columns; one without would leave a legend to nothing.
  private func hasMarks(_ layer: Layer, _ tables: [DiagnosticTable]) throws -> Bool {
    let table = try table(layer.table, in: tables)
    let places = try [layer.x, layer.y, layer.x2, layer.y2].compactMap { channel in
      try channel?.column.map { name in
        _ = try column(name, of: table)
        return table[name]
      }
    }
    return places.isEmpty
      || table.rows.indices.contains { row in places.allSatisfy { JSONValue($0[row]) != .null } }
  }

  func table(_ name: String, in tables: [DiagnosticTable]) throws -> DiagnosticTable {
    guard let table = tables.first(where: { $0.name == name }) else {
      throw DiagnosticError(.fault, self.name, "draws the table '\(name)', which is not there")
    }
    return table
  }

  func column(_ name: String, of table: DiagnosticTable) throws -> DiagnosticTable.Column {
    guard let index = table.index(of: name) else {
      throw DiagnosticError(
        .fault, self.name, "draws the column '\(name)', which \(table.name) does not have")
    }
    return table.columns[index]
  }

  /// What the layers' axes have in common, by `x` and `y`.
  struct Axes {
    var title: [String: String]
    var logarithmic: [String: LogarithmicAxis]
  }

  /// The values without repetition, in their order.
  static func distinct(_ values: [JSONValue]) -> [JSONValue] {
    var seen: Set<JSONValue> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// The title of each axis: one that a layer gives, or that of the uppermost layer's column. Layers with titles of
  /// their own would have them written one after the other.
  private func axisTitles(_ tables: [DiagnosticTable]) throws -> [String: String] {
    var titles: [String: String] = [:]
    for (key, path) in [("x", \Layer.x), ("y", \Layer.y)] {
      let given = layers.compactMap { $0[keyPath: path]?.title }.last
      let own = try layers.compactMap { layer in
        try layer[keyPath: path]?.column.map {
          try column($0, of: table(layer.table, in: tables)).heading
        }
      }.last
      titles[key] = given ?? own
    }
    return titles
  }
}

extension DiagnosticTable.Column {
  /// What a plot takes the column for.
  var measure: Plot.Measure {
    switch kind {
    case .number, .integer: .quantitative
    case .text, .flag: .nominal
    }
  }
}

extension JSONValue {
  /// An entry of a table; what is no finite number is null.
  init(_ value: TableValue) {
    switch value {
    case .number(let number):
      let text = String(format: "%.\(PlottedRows.categoryDigits)g", number)
      self = number.isFinite ? Double(text).map { .number($0) } ?? .null : .null
    case .integer(let number): self = .number(Double(number))
    case .text(let text): self = .text(text)
    case .flag(let flag): self = .bool(flag)
    case .missing: self = .null
    }
  }
}
