extension Plot {
  func specification(
    of layer: Layer, _ table: DiagnosticTable, _ axes: Axes
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
      if let title = axes.title[key], column != nil { channel.title = title }
      encoding[key] = specification(of: channel, column, key, table, axes)
      // Numbers without a place on the axis are left out, not drawn at its end.
      if let column, channel.scale == .log { filters.append(.text("datum.\(column.name) > 0")) }
    }
    var mark = layer.mark.specification
    if case .rectangle(opacity: 1) = layer.mark {
      // Neighbours without a light seam between them: with a line of one colour, or half a pixel into each other. A line
      // in the colours of a column would take the legend away.
      if layer.color?.column != nil {
        mark = mark.merging(
          layer.x2 == nil
            ? ["width": ["band": 1.02], "height": ["band": 1.02]]
            : ["x2Offset": 0.5, "yOffset": 0.5])
      } else {
        encoding["stroke"] = ["value": layer.color?.value ?? "#4c78a8"]
      }
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
      "mark": mark, "encoding": .object(encoding),
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
    of channel: Channel, _ column: DiagnosticTable.Column?, _ key: String,
    _ table: DiagnosticTable, _ axes: Axes
  ) -> JSONValue {
    if let value = channel.value { return ["value": value] }
    var result: [String: JSONValue] = [:]
    if let column { result["field"] = .text(column.name) }
    if let datum = channel.datum {
      result["datum"] = datum
      if case .text = datum { result["type"] = "nominal" } else { result["type"] = "quantitative" }
    }
    guard key != "x2", key != "y2" else { return .object(result) }
    let measure = channel.measure ?? column?.measure
    if let measure { result["type"] = .text(measure.rawValue) }
    if let title = channel.title ?? column?.heading { result["title"] = .text(title) }
    if key == "text" { return .object(result) }
    let isAxis = key == "x" || key == "y"
    var scale = scale(of: channel, column, isAxis: isAxis, measure)
    if key == "color", measure == .nominal, channel.colorScheme == nil, channel.colors == nil,
      let column, Self.distinct(table[column.name].map(JSONValue.init)).count > 10
    {
      scale["scheme"] = "tableau20"  // The usual ten colours would serve twice.
    }
    if !scale.isEmpty { result["scale"] = .object(scale) }
    var guide: [String: JSONValue] = [:]
    if isAxis {
      if column?.kind == .integer, measure == .quantitative {
        guide = ["tickMinStep": 1, "format": "d"]
      }
      if measure == .ordinal { guide["labelAngle"] = 0 }
      if channel.scale == .log, let axis = axes.logarithmic[key] {
        guide = axis.specification(isInteger: column?.kind == .integer)
      }
    } else if let domain = channel.domain, let column, measure != .quantitative {
      // All have their colours, those that are there are named.
      let present = Set(table[column.name].map(JSONValue.init))
      guide["values"] = .array(domain.filter(present.contains))
    }
    if !channel.isShown {
      result[isAxis ? "axis" : "legend"] = .null
    } else if !guide.isEmpty {
      result[isAxis ? "axis" : "legend"] = .object(guide)
    }
    if measure != .quantitative, column != nil {
      // Numbers in a legend ascend, all else is in the order of the rows.
      result["sort"] = isAxis || column?.measure != .quantitative ? .null : "ascending"
    }
    return .object(result)
  }

  private func scale(
    of channel: Channel, _ column: DiagnosticTable.Column?, isAxis: Bool, _ measure: Measure?
  ) -> [String: JSONValue] {
    var scale: [String: JSONValue] = [:]
    if channel.scale != .linear { scale["type"] = .text(channel.scale.rawValue) }
    if let domain = channel.domain { scale["domain"] = .array(domain) }
    if let scheme = channel.colorScheme { scale["scheme"] = .text(scheme) }
    if let colors = channel.colors { scale["range"] = .array(colors.map { .text($0) }) }
    guard isAxis, channel.domain == nil, column != nil, measure == .quantitative else {
      return scale
    }
    if channel.scale == .linear { scale["zero"] = .bool(channel.includesZero) }
    if channel.scale == .log || column?.kind == .integer {
      // Not to round numbers, which may leave much of the picture empty, nor with marks on the frame.
      scale["nice"] = false
      scale["padding"] = 8
    }
    return scale
  }
}
