import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The exact numbers of parameters of the networks in table 2 of the source.
enum NetworkSizes {
  /// Leaves large weights as they come: memory that nobody writes to is not even allocated.
  private struct Unset: Initializer {
    let name = "unset"
    let formula = "any"
    func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
      if tensor.count < 100_000 { try tensor.fill(0) }
    }
  }

  /// The learned numbers of a network for 32 x 32 images.
  ///
  /// - Parameter scheme: another one than the network's own.
  static func count(_ network: String, classes: Int, scheme: String? = nil) throws -> Int {
    let task = NetworkTask(inputShape: [3, 32, 32], classes: classes)
    var choices = NetworkOptions()
    choices.scheme = scheme
    let (family, options) = try NetworkCatalog.resolve(network, choices, for: task)
    let store = ParameterStore(initializer: Unset())
    return try family.make(options, task: task, in: store).parameters.trainableCount
  }

  /// Every network of the table that there is here, beside the source's number.
  static func table(source: String) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "sizes", "Parameters of the full networks", source: source,
      notes: ["Counted on the networks themselves, with one k for each step of LM networks."],
      columns: [
        .text("network", "network"), .text("data", "data set"),
        .integer("parameters", "parameters"),
        .number("published", "source", unit: "millions"),
        .number("ratio", "ours over the source's"),
      ])
    for row in PublishedError.table2 {
      guard let network = row.network else { continue }
      let count = try count(network, classes: row.dataset == "cifar-10" ? 10 : 100)
      try table.append([
        .text(network), .text(row.dataset), .integer(count), .number(row.millions),
        .number(Double(count) / 1e6 / row.millions),
      ])
    }
    return table
  }

  /// The source's sizes beside ours.
  static func published(_ table: DiagnosticTable) -> [PublishedNumber] {
    table.rows.compactMap { row in
      guard let count = row[2].number, let millions = row[3].number else { return nil }
      return PublishedNumber(
        "size of \(row[0]), \(row[1])", unit: "millions", published: millions, ours: [count / 1e6])
    }
  }

  /// Where sizes agree to the digits that the source prints, and where they cannot.
  static func claims(_ table: DiagnosticTable) -> [Claim] {
    let deep = ["164", "1001"]
    func isDeep(_ row: [TableValue]) -> Bool {
      deep.contains { row[0].text?.hasSuffix($0) ?? false }
    }
    let rows = table.rows.filter { !($0[0].text?.hasPrefix("fractalnet") ?? false) }
    let near = rows.filter { !isDeep($0) && abs(($0[4].number ?? 0) - 1) < 0.03 }
    let usual = rows.filter { !isDeep($0) }
    let far = rows.filter { isDeep($0) }
    return [
      Claim(
        "The networks have the sizes that the source prints, but for 164 and 1001 layers",
        near.count == usual.count,
        "\(near.count) of \(usual.count) within 3 %; 164 and 1001 layers: "
          + far.map { "\($0[0]) \($0[2]), source \($0[3]) million" }.joined(separator: "; "))
    ]
  }

  /// Ours against the source's.
  static func plot(_ table: DiagnosticTable) -> Plot {
    Plot(
      "sizes", "Parameters: ours over the source's",
      layers: [
        .init(.rule(dashed: true), of: table.name, x: .datum(1)),
        .init(
          .point(size: 90), of: table.name, x: .column("ratio", scale: .log),
          y: .column("network"), color: .column("data")),
      ], width: 420, height: 420)
  }
}
