import Foundation

extension Plot {
  /// The schema that specifications follow.
  static let schema = "https://vega.github.io/schema/vega-lite/v5.json"

  /// The Vega-Lite v5 specification, with the tables' rows in it, so that it can be drawn without anything else.
  ///
  /// - Throws: ``DiagnosticError`` where a table or a column that it draws is not there.
  public func specification(_ tables: [DiagnosticTable]) throws -> JSONValue {
    var datasets: [String: JSONValue] = [:]
    var drawn: [JSONValue] = []
    let titles = try axisTitles(tables)
    let filled = try layers.filter { try hasMarks($0, tables) }
    for layer in filled.isEmpty ? layers : filled {
      let table = try table(layer.table, in: tables)
      datasets[table.name] = Self.rows(table)
      drawn.append(try specification(of: layer, table, titles))
    }
    var result: [String: JSONValue] = [
      "$schema": .text(Self.schema), "datasets": .object(datasets),
      "title": .object([
        "text": .text(title), "subtitle": .array(subtitle.map { .text($0) }), "anchor": "start",
      ]),
      "background": "white",
      "config": [
        "axis": ["labelFontSize": 12, "titleFontSize": 13, "labelLimit": 220],
        "legend": ["labelFontSize": 12, "titleFontSize": 12, "labelLimit": 260],
        "title": ["fontSize": 16, "subtitleFontSize": 12, "subtitleColor": "#555"],
        "header": ["labelFontSize": 13, "titleFontSize": 13],
        "line": ["strokeWidth": 2],
      ],
    ]
    let content: [String: JSONValue] = [
      "layer": .array(drawn), "width": .number(width), "height": .number(height),
    ]
    guard let facet else { return .object(result.merging(content) { $1 }) }
    let first = try table(layers.first?.table ?? "", in: tables)
    let column = try column(facet.column, of: first)
    // A facet divides the rows of one data set, so that all layers read the same table.
    guard layers.allSatisfy({ $0.table == first.name }) else {
      throw DiagnosticError(.fault, name, "small multiples draw one table")
    }
    result["data"] = .object(["name": .text(first.name)])
    result["facet"] = .object([
      "field": .text(column.name), "type": .text(column.measure.rawValue),
      "title": .null, "sort": .array(Self.distinct(first, column.name)),
    ])
    result["columns"] = .number(Double(facet.columns))
    result["spec"] = .object(content)
    if facet.independentY { result["resolve"] = ["scale": ["y": "independent"]] }
    return .object(result)
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

  private func table(_ name: String, in tables: [DiagnosticTable]) throws -> DiagnosticTable {
    guard let table = tables.first(where: { $0.name == name }) else {
      throw DiagnosticError(.fault, self.name, "draws the table '\(name)', which is not there")
    }
    return table
  }

  private func column(_ name: String, of table: DiagnosticTable) throws -> DiagnosticTable.Column {
    guard let index = table.index(of: name) else {
      throw DiagnosticError(
        .fault, self.name, "draws the column '\(name)', which \(table.name) does not have")
    }
    return table.columns[index]
  }

  /// The values of a column in the order of the rows: Vega-Lite would put small multiples into alphabetical order.
  private static func distinct(_ table: DiagnosticTable, _ column: String) -> [JSONValue] {
    var seen: Set<JSONValue> = []
    return table[column].map(JSONValue.init).filter { seen.insert($0).inserted }
  }

  private static func rows(_ table: DiagnosticTable) -> JSONValue {
    .array(
      table.rows.map { row in
        .object(
          Dictionary(
            zip(table.columns.map(\.name), row.map(JSONValue.init)), uniquingKeysWith: { $1 }))
      })
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

  private func specification(
    of layer: Layer, _ table: DiagnosticTable, _ titles: [String: String]
  ) throws -> JSONValue {
    var encoding: [String: JSONValue] = [:]
    var filters = layer.filter.map { [JSONValue.text($0)] } ?? []
    let channels: [(String, Channel?)] = [
      ("x", layer.x), ("y", layer.y), ("x2", layer.x2), ("y2", layer.y2), ("color", layer.color),
      ("shape", layer.shape), ("strokeDash", layer.dash), ("text", layer.text),
    ]
    for (key, channel) in channels {
      guard var channel else { continue }
      let column = try channel.column.map { try self.column($0, of: table) }
      if let title = titles[key], column != nil { channel.title = title }
      encoding[key] = specification(of: channel, column, key)
      // Numbers without a place on the axis are left out, not drawn at its end.
      if let column, channel.scale == .log { filters.append(.text("datum.\(column.name) > 0")) }
    }
    if let detail = layer.detail {
      encoding["detail"] = .object([
        "field": .text(try column(detail, of: table).name), "type": "nominal",
      ])
    }
    if let order = layer.order {
      encoding["order"] = .object([
        "field": .text(try column(order, of: table).name), "type": "quantitative",
      ])
    }
    if layer.mark.hasTooltip {
      encoding["tooltip"] = .array(
        table.columns.map {
          ["field": .text($0.name), "type": .text($0.measure.rawValue), "title": .text($0.heading)]
        })
    }
    var result: [String: JSONValue] = [
      "mark": layer.mark.specification, "encoding": .object(encoding),
    ]
    if channels.allSatisfy({ $0.1?.column == nil }), layer.detail == nil {
      result["data"] = ["values": [[:]]]  // One mark, not one for each row.
    } else if facet == nil {
      result["data"] = .object(["name": .text(table.name)])
    }
    if !filters.isEmpty {
      result["transform"] = .array(filters.map { .object(["filter": $0]) })
    }
    return .object(result)
  }

  private func specification(
    of channel: Channel, _ column: DiagnosticTable.Column?, _ key: String
  ) -> JSONValue {
    var result: [String: JSONValue] = [:]
    if let column { result["field"] = .text(column.name) }
    if let datum = channel.datum {
      result["datum"] = datum
      if case .text = datum { result["type"] = "nominal" } else { result["type"] = "quantitative" }
    }
    guard key != "x2", key != "y2" else { return .object(result) }
    if let measure = channel.measure ?? column?.measure {
      result["type"] = .text(measure.rawValue)
    }
    if let title = channel.title ?? column?.heading { result["title"] = .text(title) }
    if key == "text" { return .object(result) }
    var scale: [String: JSONValue] = [:]
    if channel.scale != .linear { scale["type"] = .text(channel.scale.rawValue) }
    if channel.scale == .log, channel.domain == nil, key == "x" || key == "y" {
      // Not to whole powers of ten, which may leave most of the picture empty.
      scale["nice"] = false
      scale["padding"] = 8
    }
    if let domain = channel.domain { scale["domain"] = .array(domain) }
    if let scheme = channel.colorScheme { scale["scheme"] = .text(scheme) }
    if column != nil, channel.scale == .linear, channel.domain == nil,
      (channel.measure ?? column?.measure) == .quantitative, key == "x" || key == "y"
    {
      scale["zero"] = .bool(channel.includesZero)
    }
    if !scale.isEmpty { result["scale"] = .object(scale) }
    if column?.kind == .integer, key == "x" || key == "y" {
      result["axis"] = ["tickMinStep": 1, "format": "d"]
    }
    if !channel.isShown { result[key == "x" || key == "y" ? "axis" : "legend"] = .null }
    if (channel.measure ?? column?.measure) != .quantitative, column != nil {
      result["sort"] = .null  // The order of the rows.
    }
    return .object(result)
  }
}

extension Plot.Mark {
  /// Whether pointing at it shows its row.
  var hasTooltip: Bool {
    switch self {
    case .line(let points, _): points
    case .point, .bar, .rectangle: true
    case .rule, .area, .label: false
    }
  }

  var specification: JSONValue {
    switch self {
    case .line(let points, let dashed):
      Self.mark("line", ["point": .bool(points)], dashed)
    case .point(let filled, let size):
      Self.mark("point", ["filled": .bool(filled), "size": .number(size)])
    case .bar: Self.mark("bar")
    case .rule(let dashed): Self.mark("rule", ["color": "#777"], dashed)
    case .area(let opacity): Self.mark("area", ["opacity": .number(opacity)])
    case .rectangle: Self.mark("rect")
    case .label: Self.mark("text", ["align": "left", "dx": 6])
    }
  }

  private static func mark(
    _ type: String, _ members: [String: JSONValue] = [:], _ dashed: Bool = false
  ) -> JSONValue {
    var members = members
    members["type"] = .text(type)
    if dashed { members["strokeDash"] = [6, 4] }
    return .object(members)
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
    case .number(let number): self = number.isFinite ? .number(number) : .null
    case .integer(let number): self = .number(Double(number))
    case .text(let text): self = .text(text)
    case .flag(let flag): self = .bool(flag)
    case .missing: self = .null
    }
  }
}
