import Foundation
import TimeStepping
import TimestepCommand
import TimestepExperiments
import TimestepLayers
import TimestepNetworks

/// What `timestep describe` says of a network, as JSON.
private struct Description: Encodable {
  struct SchemeLimits: Encodable {
    let name: String
    let updateEquation: String
    let order: Int?
    let evaluationsPerStep: Int
    let realStabilityLimit: Double
    let imaginaryStabilityLimit: Double
  }
  let network: String
  let equation: String
  let inputShape: [Int]
  let classes: Int
  let h: Double
  let scheme: SchemeLimits
  let layers: [LayerTable.Row]
  let parameters: Int
  let multiplyAdds: Int
  let activationBytesStored: Int
}

/// `timestep describe`
func runDescribe(_ command: DescribeCommand) throws {
  let configuration = try command.options.resolved(network: command.network)
  if command.options.configuration.printsAndStops {
    print(try ConfigurationFile.text(configuration.options), terminator: "")
    return
  }
  let task = try task(command, configuration)
  let network = try NetworkCatalog.make(
    configuration.networkName, configuration.networkOptions, task: task)
  let table = network.table
  let scheme = try SchemeCatalog.scheme(named: configuration.networkOptions.scheme ?? "euler")
  let description = Description(
    network: configuration.networkName, equation: configuration.family.equation,
    inputShape: task.inputShape, classes: task.classes, h: configuration.networkOptions.h ?? 1,
    scheme: .init(
      name: scheme.name, updateEquation: scheme.updateEquation, order: scheme.order,
      evaluationsPerStep: scheme.evaluationsPerStep,
      realStabilityLimit: scheme.realStabilityLimit,
      imaginaryStabilityLimit: scheme.imaginaryStabilityLimit),
    layers: table.rows, parameters: network.parameters.trainableCount,
    multiplyAdds: table.multiplyAdds,
    activationBytesStored: table.keptElements * configuration.dataType.byteCount)
  if command.json { return try printJSON(description) }
  printText(description, configuration.family, title: scheme.title)
}

/// The problem that the network is described for: the family's own unless a data set or a shape is given.
private func task(_ command: DescribeCommand, _ configuration: RunConfiguration) throws
  -> NetworkTask
{
  var task =
    command.options.data.dataset == nil && command.options.configuration.file == nil
    ? configuration.family.defaultTask : configuration.task
  for (option, value) in [
    ("image-size", command.imageSize), ("channels", command.channels),
    ("classes", command.classes),
  ] {
    guard let value else { continue }
    guard (1...1_000_000).contains(value) else {
      throw OptionError(option, value, "expected a whole number from 1 to 1000000")
    }
    if option == "classes" { task.classes = value }
    if option == "channels" { task.inputShape[0] = value }
    if option == "image-size" {
      guard task.inputShape.count == 3 else {
        throw OptionError(option, value, "\(configuration.networkName) takes points, not images")
      }
      task.inputShape = [task.inputShape[0], value, value]
    }
  }
  return task
}

private func printText(_ it: Description, _ family: any NetworkFamily, title: String) {
  print("\(it.network): \(family.title)")
  print("  source    \(family.source)")
  print("  update    \(it.equation)")
  print("  h         \(it.h)")
  print("  scheme    \(title), \(it.scheme.updateEquation)")
  print(
    String(
      format:
        "            %@, %d evaluation%@ per step; stable for real h lambda in [-%.4g, 0], "
        + "imaginary up to %.4g i",
      it.scheme.order.map { "order \($0)" } ?? "no order", it.scheme.evaluationsPerStep,
      it.scheme.evaluationsPerStep == 1 ? "" : "s", it.scheme.realStabilityLimit,
      it.scheme.imaginaryStabilityLimit))
  print("  input     \(it.inputShape), \(it.classes) classes")
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
  print(
    "activation memory  \(megabytes(it.activationBytesStored)) per example kept for the gradient "
      + "(stored adjoint)")
}
