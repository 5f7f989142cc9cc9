import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Norms of weights and of their gradients, layer by layer, now and during training.
///
/// ```
/// |W_k|, |dL/dW_k|,   Frobenius norms over the whole tensor of layer k
/// ```
///
/// In a training (`train --diagnose layer-norms`), the norm of the gradient is that which the optimiser was given, after
/// clipping, and that of the weight follows the step. `layers` chooses in both; `standard` is the second layer, those at
/// quarters of the depth and the last one in a training, and every layer of a finished run.
public struct LayerNorms: TrainingDiagnostic {
  public let name = "layer-norms"
  public let title = "norms of weights and gradients of layers"
  public let equation = "|W_k|, |dL/dW_k|"
  public let source = "Robust ResNet (2019), figures 2, 10 and 11"
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "layers", standard: "standard",
        "all, numbers such as 2+9, or standard: in a training the 2nd, quarters and the last, of a run all"
      ),
      ArgumentDescription("every", standard: "1", "in a training, steps from one row to the next"),
    ]
  }
  private var layers = LayerChoice.standard
  private var interval: Int?

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    if let text = choice.values["layers"] {
      guard let layers = LayerChoice(text) else {
        throw ArgumentError(
          choice.kind, name, "layers=\(text): expected standard, all or numbers such as 2+9")
      }
      result.layers = layers
    }
    result.interval = try choice.integer("every", in: 1...1_000_000_000)
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    interval.map {
      "every=\($0) is for a training that is followed, 'train --diagnose \(name):every=\($0)'; leave it out"
    }
  }

  public func checkFollowing(_ network: ResidualNetwork) throws {
    _ = try chosen(from: Self.layers(of: network))
  }

  /// A layer with a weight.
  struct Layer {
    let number: Int
    let path: String
    let weight: Parameter
  }

  /// The layers of a network in the order of evaluation; vectors, as those of norms, are none.
  static func layers(of network: ResidualNetwork) -> [Layer] {
    var seen: Set<String> = []
    var result: [Layer] = []
    for row in network.table.rows where seen.insert(row.path).inserted {
      guard let weight = network.parameters["\(row.path).weight"], weight.isTrainable,
        weight.value.rank >= 2
      else { continue }
      result.append(Layer(number: result.count + 1, path: row.path, weight: weight))
    }
    return result
  }

  /// Those that were chosen.
  func chosen(from layers: [Layer]) throws -> [Layer] {
    let numbers: [Int]
    switch self.layers {
    case .all: return layers
    case .numbers(let given): numbers = given
    case .standard:
      let count = layers.filter { !$0.path.hasPrefix("head") }.count
      numbers = [2, count / 4, count / 2, 3 * count / 4, count].map { min(max($0, 1), count) }
    }
    if let missing = numbers.first(where: { !layers.indices.contains($0 - 1) }) {
      throw DiagnosticError(
        .doesNotApply, name, "there is no layer \(missing); the network has \(layers.count)")
    }
    return Set(numbers).sorted().map { layers[$0 - 1] }
  }

  public func follow(
    _ trainer: Trainer, of network: ResidualNetwork, in directory: URL,
    keeping lengths: [String: Int]
  ) throws -> any DiagnosticLog {
    try LayerNormLog(
      directory, chosen(from: Self.layers(of: network)), every: interval ?? 1,
      keeping: lengths[LayerNormLog.fileName] ?? 0)
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let passes = NetworkPasses(network: network)
    let all = Self.layers(of: network)
    let layers = try measured(of: all)
    let batch = try data.batch(of: .train, examples: context.budget.examples)
    let pass = NetworkPasses.pass(isTraining: true)
    _ = try passes.backward(batch, data.objective, pass, seed: context.seed)
    var table = DiagnosticTable(
      "layer-norms", "Norms of weights and gradients", source: source,
      notes: ["Gradient of the mean loss over \(batch.count) training examples."],
      columns: [
        .integer("layer", "layer"), .text("path", "place"), .integer("numbers", "learned numbers"),
        .number("weight", "norm of the weight"), .number("gradient", "norm of its gradient"),
      ])
    for layer in layers {
      try table.append([
        .integer(layer.number), .text(layer.path), .integer(layer.weight.value.count),
        .number(try layer.weight.value.length()),
        .number(try layer.weight.value.gradient?.length()),
      ])
    }
    try passes.clearGradients()
    func plot(_ column: String, _ title: String) -> Plot {
      Plot(
        "layer-norms-\(column)", title, subtitle: [context.label],
        layers: [
          .init(
            .line(points: true), of: table.name, x: .column("layer"),
            y: .column(column, scale: .log))
        ])
    }
    return DiagnosticResult(
      tables: [table],
      plots: [
        plot("weight", "Norm of each layer's weight"),
        plot("gradient", "Norm of each layer's gradient"),
      ]
    ).joined(with: try followed(context))
  }

  /// The layers of a finished run: all of them unless others were chosen.
  private func measured(of all: [Layer]) throws -> [Layer] {
    layers == .standard ? all : try chosen(from: all)
  }

  /// The steps of a training that was followed, of those layers that are asked for.
  public func followed(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var result = DiagnosticResult(tables: [], plots: [])
    guard let log = try context.log(LayerNormLog.fileName) else { return result }
    let chosen = Set(try measured(of: Self.layers(of: context.requiredNetwork())).map(\.number))
    let steps = try log.column("step")
    guard !steps.isEmpty else { return result }
    var table = DiagnosticTable(
      "layer-norms-by-step", "Norms during training", source: source,
      notes: ["The gradient as the optimiser was given it; the weight after the step."],
      columns: [
        .integer("step", "step"), .text("layer", "layer"),
        .number("weight", "norm of the weight"), .number("gradient", "norm of its gradient"),
      ])
    let names = log.columns.filter { $0.hasPrefix("weight ") }.map { String($0.dropFirst(7)) }
    let layers = names.filter { layer in
      layer.split(separator: " ").first.flatMap { Int($0) }.map(chosen.contains) ?? true
    }
    guard !layers.isEmpty else {
      result.summary.append(
        "\(LayerNormLog.fileName) has none of these layers; followed were: "
          + names.joined(separator: ", "))
      return result
    }
    var means: [String] = []
    // As many points as a line on a screen shows; the file holds every step.
    let stride = max(1, steps.count / 2000)
    for layer in layers {
      let weights = try log.column("weight \(layer)")
      let gradients = try log.column("gradient \(layer)")
      for row in Swift.stride(from: 0, to: steps.count, by: stride) {
        try table.append([
          .integer(Int(steps[row])), .text(layer), .number(weights[row]), .number(gradients[row]),
        ])
      }
      means.append(
        "\(layer): mean norm of the weight \(weights.mean.text), of the gradient "
          + "\(gradients.mean.text), over \(steps.count) rows")
    }
    if stride > 1 { table.notes.append("Every \(stride)th row of \(LayerNormLog.fileName).") }
    result.tables.append(table)
    result.summary += means
    for (column, title) in [
      ("weight", "Norms of weights during training"),
      ("gradient", "Norms of gradients during training"),
    ] {
      result.plots.append(
        Plot(
          "layer-norms-by-step-\(column)", title, subtitle: [context.label],
          layers: [
            .init(
              .line(), of: table.name, x: .column("step"), y: .column(column, scale: .log),
              color: .column("layer"))
          ]))
    }
    return result
  }
}
