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
    case .rectangle(let opacity):
      Self.mark(
        "rect", ["opacity": .number(opacity), "strokeWidth": .number(opacity < 1 ? 0 : 0.6)])
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
