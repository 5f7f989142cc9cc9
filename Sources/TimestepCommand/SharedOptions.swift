import ArgumentParser

/// The options that `train` and `describe` share.
///
/// Each is nil unless it was given: a default gives way to a configuration file, and that to an option.
public struct SharedOptions: ParsableArguments {
  /// What the network is.
  @OptionGroup(title: "Network") public var network: NetworkOptions
  /// What it is trained on.
  @OptionGroup(title: "Data") public var data: DataOptions
  /// How it is trained.
  @OptionGroup(title: "Training") public var training: TrainingOptions
  /// What it is computed with.
  @OptionGroup(title: "Machine") public var machine: MachineOptions
  /// The configuration file.
  @OptionGroup(title: "Configuration") public var configuration: ConfigurationOptions

  /// Options of which none is given.
  public init() {}
}

/// The options that say what the network is.
public struct NetworkOptions: ParsableArguments {
  /// The number of layers with weights.
  @Option(help: "Layers with weights; for the family resnet 6 n + 2.")
  public var depth: Int?

  /// The name of the time-stepping scheme.
  @Option(
    help: ArgumentHelp(
      "Scheme, such as rk4 or lm:k=trained; `timestep list schemes`.", valueName: "name"))
  public var scheme: String?

  /// The name of the vector field.
  @Option(help: ArgumentHelp("Vector field; `timestep list fields`.", valueName: "name"))
  public var field: String?

  /// How weights depend on time.
  @Option(help: ArgumentHelp("Weights in time; `timestep list weights`.", valueName: "name"))
  public var weights: String?

  /// The name of the noise.
  @Option(help: ArgumentHelp("Noise in training; `timestep list noises`.", valueName: "name"))
  public var noise: String?

  /// The name of the transition between stages.
  @Option(help: ArgumentHelp("What joins stages; `timestep list transitions`.", valueName: "name"))
  public var transition: String?

  /// The name of the adjoint.
  @Option(
    help: ArgumentHelp("How gradients come back; `timestep list adjoints`.", valueName: "name"))
  public var adjoint: String?

  /// How layers are normalised.
  @Option(help: ArgumentHelp("Normalisation: batch, instance, tv or none.", valueName: "name"))
  public var normalization: String?

  /// The activation inside the field.
  @Option(help: ArgumentHelp("Activation inside the field: relu, tanh, ...", valueName: "name"))
  public var activation: String?

  /// The step size h.
  @Option(name: .customLong("h"), help: ArgumentHelp("Step size h of u + h f(u).", valueName: "h"))
  public var h: Double?

  /// The channels of each stage.
  @Option(help: ArgumentHelp("Channels of each stage, such as 16,32,64.", valueName: "list"))
  public var widths: IntegerList?

  /// Whether the network has batch normalisation.
  @Flag(inversion: .prefixedNo, help: "With or without batch normalisation.")
  public var batchNorm: Bool?

  /// Whether the field's convolutions have a bias.
  @Flag(
    inversion: .prefixedNo, help: "With or without a bias; by default where there is no batch norm."
  )
  public var bias: Bool?

  /// The activation after each step.
  @Option(
    help: ArgumentHelp("Activation after each step: relu, identity, ...", valueName: "name"))
  public var postActivation: String?

  /// The name of the way in which weights are first drawn.
  @Option(help: ArgumentHelp("How weights are first drawn.", valueName: "name"))
  public var initialization: String?

  /// A safetensors file with the first weights.
  @Option(help: ArgumentHelp("Safetensors file with the first weights.", valueName: "file"))
  public var initializeFrom: String?

  /// How that file calls its weights.
  @Option(
    help: ArgumentHelp(
      "How that file calls them: auto, timestep, torchvision, ...; `timestep list weight-names`.",
      valueName: "convention"))
  public var initializeNames: String?

  /// Whether that file must hold every weight and nothing else.
  @Flag(
    inversion: .prefixedNo,
    help: "Refuse that file where weights are missing or unexpected, or name them and go on.")
  public var initializeStrict: Bool?

  /// Options of which none is given.
  public init() {}
}

/// The options that say what the network is trained on.
public struct DataOptions: ParsableArguments {
  /// The name of the data set.
  @Option(
    help: ArgumentHelp(
      "Data set, such as two-moons:noise=0.1; see `timestep list datasets`.", valueName: "name"))
  public var dataset: String?

  /// The folder with the data set's files.
  @Option(
    name: .customLong("data"), help: ArgumentHelp("Folder with its files.", valueName: "dir"))
  public var directory: String?

  /// The number of training examples to use.
  @Option(
    help: ArgumentHelp("Use only so many training examples, as many of each class.", valueName: "n")
  )
  public var trainLimit: Int?

  /// The number of test examples to measure on.
  @Option(
    help: ArgumentHelp(
      "Measure on only so many test examples, as many of each class.", valueName: "n")
  )
  public var testLimit: Int?

  /// The height and width of an image.
  @Option(
    help: ArgumentHelp(
      "Height and width of an image: of those an image folder is cut to, or to describe a network for.",
      valueName: "n"))
  public var imageSize: Int?

  /// Whether damaged image files are passed over.
  @Flag(inversion: .prefixedNo, help: "Pass over and count damaged image files, or stop at one.")
  public var skipCorrupt: Bool?

  /// Where mean and deviation of the pixels come from.
  @Option(
    help: ArgumentHelp(
      "Mean and deviation of pixels: constants, measured (on the training part) or none.",
      valueName: "source"))
  public var dataNormalization: String?

  /// What surrounds images of one size before they are cropped.
  @Option(help: ArgumentHelp("Padding before a crop: zero or reflect.", valueName: "mode"))
  public var padding: String?

  /// How far a crop of images of one size may be shifted.
  @Option(
    help: ArgumentHelp(
      "Pixels of padding on each side before a crop, such as 4 for CIFAR; 0 for no crop.",
      valueName: "n"))
  public var shift: Int?

  /// How images of other sizes are cropped.
  @Option(
    help: ArgumentHelp(
      "Crop of images that are resized: scale-aspect or short-side.", valueName: "rule"))
  public var crop: String?

  /// Whether training examples are augmented.
  @Flag(inversion: .prefixedNo, help: "Augment training examples, or not.")
  public var augmentation: Bool?

  /// Whether each epoch has an order of its own.
  @Flag(inversion: .prefixedNo, help: "Shuffle training examples in each epoch, or not.")
  public var shuffle: Bool?

  /// Whether a smaller last batch of an epoch is left out.
  @Flag(inversion: .prefixedNo, help: "Leave out a smaller last batch of an epoch, or not.")
  public var dropLast: Bool?

  /// What is wrong with the training examples on purpose.
  @Option(
    help: ArgumentHelp(
      "Corrupt training examples, such as pixel-noise:level=0.5; may be given again; `timestep list corruptions`.",
      valueName: "name"))
  public var corruption: [String] = []

  /// Options of which none is given.
  public init() {}
}

/// The options that say how the network is trained.
public struct TrainingOptions: ParsableArguments {
  /// The passes over the training examples.
  @Option(help: ArgumentHelp("Passes over the training examples.", valueName: "n"))
  public var epochs: Int?

  /// The optimiser steps after which training stops.
  @Option(help: ArgumentHelp("Stop after this many optimiser steps.", valueName: "n"))
  public var maxSteps: Int?

  /// The examples in a batch.
  @Option(help: ArgumentHelp("Examples in a batch.", valueName: "n"))
  public var batchSize: Int?

  /// The optimiser.
  @Option(help: ArgumentHelp("Optimiser: sgd or adam.", valueName: "name"))
  public var optimizer: String?

  /// The learning rate of the first epoch.
  @Option(help: ArgumentHelp("Learning rate of the first epoch.", valueName: "rate"))
  public var learningRate: Double?

  /// The epochs after which the learning rate is divided by 10.
  @Option(
    help: ArgumentHelp(
      "Epochs after which the learning rate drops, such as 40,60.", valueName: "list"))
  public var dropAt: NumberList?

  /// The optimiser's momentum.
  @Option(help: ArgumentHelp("Momentum of the optimiser.", valueName: "m"))
  public var momentum: Double?

  /// The factor of the weights' squared norm in the loss.
  @Option(help: ArgumentHelp("Weight decay.", valueName: "factor"))
  public var weightDecay: Double?

  /// What is added to the loss.
  @Option(
    help: ArgumentHelp(
      "Add a term to the loss, such as time-l2:alpha=0.001; may be given again; `timestep list regularizers`.",
      valueName: "name"))
  public var regularization: [String] = []

  /// The largest norm of the whole gradient.
  @Option(
    help: ArgumentHelp(
      "Shorten a gradient whose norm over all parameters is larger.", valueName: "norm"))
  public var gradientClip: Double?

  /// The epochs in which the learning rate rises.
  @Option(
    help: ArgumentHelp(
      "Let the learning rate rise linearly, step by step, over so many epochs, such as 5 or 0.5.",
      valueName: "epochs"))
  public var warmUp: Double?

  /// The share of the learning rate that the warm-up begins with.
  @Option(
    help: ArgumentHelp(
      "Share of the learning rate that the warm-up begins with; 0.01 by default.",
      valueName: "share"))
  public var warmUpStart: Double?

  /// The seed of everything random.
  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "n"))
  public var seed: UInt64?

  /// How often the run is saved.
  @OptionGroup public var checkpoints: CheckpointOptions

  /// The steps from one row of steps.csv to the next.
  @Option(
    help: ArgumentHelp(
      "Write steps.csv with a row for every n-th step; 10 with --tensorboard.", valueName: "n"))
  public var logEvery: Int?

  /// Whether events for TensorBoard are written.
  @Flag(inversion: .prefixedNo, help: "Write events for TensorBoard into the run's directory.")
  public var tensorboard: Bool?

  /// What follows the training.
  @Option(
    help: ArgumentHelp(
      "Follow the training step by step, such as gradient-ratios or layer-norms:every=10; may be given again, each diagnostic once.",
      valueName: "name"))
  public var diagnose: [String] = []

  /// Options of which none is given.
  public init() {}
}

/// The options that say how a run is saved.
public struct CheckpointOptions: ParsableArguments {
  /// The time from one checkpoint to the next.
  @Option(
    name: .customLong("checkpoint-every"),
    help: ArgumentHelp(
      "Save after so many steps (500), minutes (10m, the default) or epochs (1e).",
      valueName: "time"))
  public var interval: String?

  /// What happens when a checkpoint cannot be written.
  @Option(
    name: .customLong("on-checkpoint-error"),
    help: ArgumentHelp(
      "What to do when a checkpoint cannot be written: stop (the default) or continue.",
      valueName: "rule"))
  public var onError: String?

  /// Options of which none is given.
  public init() {}
}

/// The options that say what the network is computed with.
public struct MachineOptions: ParsableArguments {
  /// The floating-point format.
  @Option(help: ArgumentHelp("Floating-point format.", valueName: "format"))
  public var precision: Precision?

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// The number of threads.
  @Option(help: ArgumentHelp("Threads to compute with.", valueName: "n"))
  public var threads: Int?

  /// Options of which none is given.
  public init() {}
}

/// The options for configuration files.
public struct ConfigurationOptions: ParsableArguments {
  /// A YAML file that gives the network and any option.
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "YAML file that gives the network and any option; options given here win.",
      valueName: "file.yaml"))
  public var file: String?

  /// Whether to print the whole configuration and stop.
  @Flag(name: .customLong("print-config"), help: "Print the whole resolved configuration and stop.")
  public var printsAndStops = false

  /// Options of which none is given.
  public init() {}

  /// Refuses a command that names a network neither as an argument nor in a file.
  func validate(network: String?) throws {
    guard network != nil || file != nil else {
      throw ValidationError(
        "Name a network (see `timestep list networks`) or a configuration file with --config.")
    }
  }
}
