import Foundation
import TimeStepping
import TimestepCommand
import TimestepData
import TimestepExperiments
import TimestepLayers
import TimestepNetworks

/// What `timestep describe` says of a network, as JSON.
private struct Description: Encodable {
  struct AdjointMemory: Encodable {
    let adjoint: String
    let activationBytes: Int?
    let refused: String?
  }
  struct Choice: Encodable {
    let choice: String
    let name: String
    let equation: String
  }
  let network: String
  let title: String
  let source: String
  let inputKind: InputKind
  let inputShape: [Int]
  /// What comes out, such as `10 classes`.
  let output: String
  let outputs: Int
  let h: Double
  let scheme: SchemeFacts
  let choices: [Choice]
  let layers: [LayerTable.Row]
  let parameters: Int
  let multiplyAdds: Int
  /// What the network's own adjoint keeps for the gradient of one example.
  let activationBytes: Int
  let activationBytesByAdjoint: [AdjointMemory]
}

/// `timestep describe`
func runDescribe(_ command: DescribeCommand) throws {
  var options = command.options
  // The size is the network's input here, whatever the data set, and not only how an image folder is cut.
  if options.data.dataset != DatasetCatalog.imageFolder.name { options.data.imageSize = nil }
  let configuration = try options.resolved(network: command.network)
  if command.options.configuration.printsAndStops {
    print(try ConfigurationFile.text(configuration.options), terminator: "")
    return
  }
  let description = try description(command, configuration)
  if command.json { return try printJSON(description) }
  printText(description)
}

private func description(_ command: DescribeCommand, _ configuration: RunConfiguration) throws
  -> Description
{
  let task = try task(command, configuration)
  let options = configuration.networkOptions
  let network = try NetworkCatalog.make(
    configuration.networkName, options, task: task, dataType: configuration.precision.parameters,
    stateType: configuration.precision.states)
  let choices = try NetworkChoices(options)
  let stateType = configuration.precision.states ?? configuration.precision.parameters
  let bytes = stateType.byteCount
  let post = options.postActivation ?? .identity
  let entries: [(String, String, any CatalogEntry)] = [
    ("field", options.field ?? "", choices.field),
    ("weights", options.weights ?? "", choices.weights),
    ("transition", options.transition ?? "", choices.transition),
    ("noise", options.noise ?? "", choices.noise),
    ("adjoint", options.adjoint ?? "", choices.adjoint),
  ]
  return Description(
    network: configuration.networkName, title: configuration.family.title,
    source: configuration.family.source, inputKind: task.inputKind,
    inputShape: task.inputShape, output: task.output.text,
    outputs: task.outputs,
    h: options.h ?? 1, scheme: SchemeFacts(choices.scheme),
    choices: [
      .init(
        choice: "scheme", name: options.scheme ?? "",
        equation: choices.scheme.updateEquation
          + (post == .identity || choices.scheme.projects ? "" : ", then \(post.rawValue)"))
    ] + entries.map { .init(choice: $0, name: $1, equation: $2.equation) } + [
      .init(
        choice: "layers",
        name: choices.style.normalization == .none
          ? "no norm" : "\(choices.style.normalization.rawValue) norm",
        equation: "activation \(choices.style.activation.rawValue), "
          + (choices.style.bias ? "with bias" : "without bias"))
    ],
    layers: network.table.rows, parameters: network.parameters.trainableCount,
    multiplyAdds: network.table.multiplyAdds, activationBytes: network.keptElements() * bytes,
    activationBytesByAdjoint: AdjointCatalog.all.map { adjoint in
      let refused = network.stages.lazy.compactMap { stage in
        adjoint.refusal(
          AdjointContext(
            scheme: stage.scheme, steps: stage.steps.count, activation: stage.activation,
            dataType: stateType))
      }.first
      return .init(
        adjoint: adjoint.name,
        activationBytes: refused == nil ? network.keptElements(adjoint) * bytes : nil,
        refused: refused)
    })
}

extension NetworkOutput {
  /// What comes out, as people read it.
  var text: String {
    switch self {
    case .classes(let count): "\(count) classes"
    case .values(let count): count == 1 ? "1 number" : "\(count) numbers"
    case .pixelClasses(let count): "\(count) classes at each pixel"
    }
  }

  /// The same with another number.
  fileprivate func with(_ count: Int) -> NetworkOutput {
    switch self {
    case .classes: .classes(count)
    case .values: .values(count)
    case .pixelClasses: .pixelClasses(count)
    }
  }
}

/// The problem that the network is described for: the family's own unless a data set or a shape is given.
private func task(_ command: DescribeCommand, _ configuration: RunConfiguration) throws
  -> NetworkTask
{
  var task =
    command.options.data.dataset == nil && command.options.configuration.file == nil
    ? configuration.family.defaultTask : configuration.task
  for (option, value) in [
    ("image-size", command.options.data.imageSize), ("channels", command.channels),
    ("classes", command.classes),
  ] {
    guard let value else { continue }
    guard (1...1_000_000).contains(value) else {
      throw OptionError(option, value, "expected a whole number from 1 to 1000000")
    }
    if option == "classes" { task.output = task.output.with(value) }
    if option == "channels" { task.inputShape[0] = value }
    if option == "image-size" {
      guard task.inputShape.count == 3 else {
        throw OptionError(
          option, value, "\(configuration.networkName) takes \(task.inputKind.rawValue)")
      }
      task.inputShape = [task.inputShape[0], value, value]
    }
  }
  return task
}

private func printText(_ it: Description) {
  func line(_ name: String, _ text: String) {
    print("  " + name.padding(toLength: 11, withPad: " ", startingAt: 0) + text)
  }
  print("\(it.network): \(it.title)")
  line("source", it.source)
  for choice in it.choices {
    line(choice.choice, "\(choice.name): \(choice.equation)")
    if choice.choice == "scheme" {
      line("", it.scheme.description)
      line("h", "\(it.h)")
    }
  }
  line("input", "\(it.inputKind.rawValue) \(it.inputShape)")
  line("output", it.output)
  print("")
  printTable(
    ["layer", "kind", "output", "parameters", "multiply-adds"],
    it.layers.map {
      [
        $0.path, $0.kind, "\($0.outputShape)", $0.parameters == 0 ? "" : grouped($0.parameters),
        $0.multiplyAdds == 0 ? "" : grouped($0.multiplyAdds),
      ]
    }, rightAligned: [3, 4])
  print("")
  print("parameters         \(grouped(it.parameters))")
  print("multiply-adds      \(grouped(it.multiplyAdds)) per example, forward")
  print("activation memory  per example, kept for the gradient by adjoint")
  for memory in it.activationBytesByAdjoint {
    let name = memory.adjoint.padding(toLength: 13, withPad: " ", startingAt: 0)
    let amount = memory.activationBytes.map(megabytes) ?? "refused: \(memory.refused ?? "")"
    print("  \(name)    \(amount)")
  }
}
