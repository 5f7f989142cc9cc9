import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// `toy-D`: two stages of n toy fields, D = 2n, joined by a transition before the second stage's first step.
struct ToyNetwork: NetworkFamily {
  let name = "toy"
  let title = "two stages of toy fields"
  let equation = "v = BN(T u), u+ = v + h f(v)"
  let source = "this test"
  let depthRule = "2n"
  let depths = [4, 6]
  let defaultTask = NetworkTask(inputShape: [3, 12, 12], classes: 4)

  func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    guard task.inputShape.count == 3 else {
      throw OptionError("dataset", task.inputShape, "toy networks are for images")
    }
    var options = options
    let depth = options.depth ?? depths[0]
    guard (2...1000).contains(depth), depth % 2 == 0 else {
      throw OptionError("depth", depth, "this family has depths 2n")
    }
    options.depth = depth
    options.widths = options.widths ?? [4, 8]
    options.h = options.h ?? 1
    options.scheme = options.scheme ?? ForwardEuler().name
    options.batchNorm = options.batchNorm ?? (options.normalization != Normalization.none)
    options.postActivation = options.postActivation ?? .identity
    return options
  }

  func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
  {
    let options = try resolved(options, for: task)
    let widths = options.widths ?? []
    let style = FieldStyle(batchNorm: options.batchNorm ?? true, bias: true)
    let root = ParameterPath.root
    let stem = try ImageStem(
      root / "stem", in: store, from: task.inputShape[0], to: widths[0], style: style)
    let steps = (options.depth ?? 2) / 2
    let stages = try widths.indices.map { index in
      let path = root / "stages" / index
      let transition =
        index == 0
        ? nil
        : Transition(
          try ProjectionTransition(
            path / "transition", in: store, from: widths[index - 1], to: widths[index], stride: 2,
            style: style),
          .before)
      let fields = try (0..<steps).map { step in
        try ToyField(
          path / "steps" / step / "field", in: store, shape: FieldShape(inputs: widths[index]),
          style: style)
      }
      return try Stage(
        path, scheme: SchemeCatalog.scheme(named: options.scheme ?? ""),
        grid: TimeGrid(steps: steps, size: options.h ?? 1),
        activation: options.postActivation ?? .identity, transition: transition, fields: fields)
    }
    let head = try PoolingHead(root / "head", in: store, from: widths[1], to: task.outputs)
    return try ResidualNetwork(
      parameters: store, inputShape: task.inputShape, stem: stem, stages: stages, head: head)
  }
}
