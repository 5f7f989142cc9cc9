import Foundation

/// The scripts that make a page's plots interactive: the renderer once, the rows of each table once, the plots.
struct PageScripts {
  /// The rows that plots draw, each text once.
  private(set) var rows: [JSONValue] = []
  /// The plots, with the place of each table's rows instead of the rows.
  private(set) var plots: [JSONValue] = []

  /// Takes the specifications of the plots, in the order of the page.
  init(_ specifications: [JSONValue]) {
    var places: [JSONValue: Int] = [:]
    for specification in specifications {
      guard case .object(var members) = specification,
        case .object(let datasets) = members["datasets"]
      else { continue }
      var references: [String: JSONValue] = [:]
      for (name, text) in datasets.sorted(by: { $0.key < $1.key }) {
        let place = places[text] ?? rows.count
        if places.updateValue(place, forKey: text) == nil { rows.append(text) }
        references[name] = .number(Double(place))
      }
      members["datasets"] = .object(references)
      plots.append(.object(members))
    }
  }

  /// The script elements.
  func html(_ renderer: String) throws -> String {
    func list(_ values: [JSONValue]) throws -> String {
      try values.map {
        HTML.script(String(decoding: try $0.data(pretty: false), as: UTF8.self))
      }.joined(separator: ",\n")
    }
    return """
      <script>\(HTML.script(renderer))</script>
      <script>const rows = [\(try list(rows))];
      const plots = [\(try list(plots))];
      \(Self.embedding)</script>

      """
  }

  private static let embedding = """
    plots.forEach((plot, number) => {
      const figure = document.getElementById("p" + number), picture = figure.innerHTML;
      for (const name in plot.datasets) plot.datasets[name] = rows[plot.datasets[name]];
      vegaEmbed(figure, plot, {actions: false, renderer: "svg"}).catch(() => { figure.innerHTML = picture; });
    });

    """
}
