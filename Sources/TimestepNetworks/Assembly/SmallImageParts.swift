import TimestepLayers

/// What networks for small images share: a 3x3 convolution, stages that halve the image, pooling and a linear map.
///
/// Where each pixel has its class, all stages keep the image's size, and the linear map is applied at every pixel.
struct SmallImageParts {
  let options: NetworkOptions
  let choices: NetworkChoices
  let task: NetworkTask
  let store: ParameterStore
  /// The numbers after `widths`: the channels of the states.
  let widths: [Int]
  /// The stages: the first at full size, each other at half the size of the one before.
  let stages: [NetworkPlan.StagePlan]
  private let root = ParameterPath.root

  /// Reads the options, which are complete.
  ///
  /// - Parameter expansion: channels of the state per channel inside the field, 4 for bottlenecks.
  init(
    _ options: NetworkOptions, task: NetworkTask, steps: Int, expansion: Int = 1,
    store: ParameterStore
  ) throws {
    self.options = options
    self.task = task
    self.store = store
    choices = try NetworkChoices(options)
    let widths = (options.widths ?? []).map { $0 * expansion }
    self.widths = widths
    let first = expansion == 1 ? widths[0] : widths[0] / expansion
    stages = widths.indices.map { index in
      NetworkPlan.StagePlan(
        steps: steps, inputs: index == 0 ? first : widths[index - 1], channels: widths[index],
        stride: index == 0 || task.isPerPixel ? 1 : 2)
    }
  }

  /// A convolution with norm and ReLU, or a bare one before fields that begin with both.
  func stem(to channels: Int) throws -> any Layer {
    choices.field.isPreActivated
      ? try ConvolutionStem(root / "stem", in: store, from: task.inputShape[0], to: channels)
      : try ImageStem(
        root / "stem", in: store, from: task.inputShape[0], to: channels, style: choices.style)
  }

  /// Pooling and a linear map, after norm and activation where fields begin with both.
  func head() throws -> any Layer {
    let last = widths.last ?? 0
    if task.isPerPixel {
      return try PixelHead(
        root / "head", in: store, from: last, to: task.outputs,
        style: choices.field.isPreActivated ? choices.style : nil)
    }
    return choices.field.isPreActivated
      ? try PreActivatedHead(
        root / "head", in: store, from: last, to: task.outputs, style: choices.style)
      : try PoolingHead(root / "head", in: store, from: last, to: task.outputs)
  }
}
