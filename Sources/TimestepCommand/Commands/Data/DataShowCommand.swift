import ArgumentParser

/// `timestep data show`: shows examples of a data set.
public struct DataShowCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows examples: pictures as a PNG or SVG file, texts as lines.",
    discussion: """
      Images: a row for each class; with noise levels a row for each image and a column for each level. Points: a \
      plot, a colour for each class. Segmentation: images beside the classes of their pixels. An SVG has titles, the \
      names of classes and the levels in it; for a PNG they are printed. Noise is that of training with the same \
      seed.

      Example: training examples with more and more noise
        timestep data show fashion-mnist --noise-levels 0,0.1,0.3,0.5,0.8 --output noise.svg
      """)

  /// The name of the data set.
  @Argument(help: "Name of the data set; see `timestep data list`.")
  public var name: String

  /// The folder with its files.
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp("Folder with its files, if not where it is found.", valueName: "dir"))
  public var directory: String?

  /// The part of the data set.
  @Option(help: ArgumentHelp("Part of the data set.", valueName: "split"))
  public var split: Split = .train

  /// The number of examples of each class.
  @Option(
    help: ArgumentHelp(
      "Examples of each class, or points; by default 10 images, 1 with levels, 1 text, 1000 points.",
      valueName: "n"))
  public var count: Int?

  /// The levels of noise.
  @Option(
    help: ArgumentHelp("Levels of pixel or character noise, such as 0,0.3,0.8.", valueName: "list"))
  public var noiseLevels: NumberList?

  /// Whether images are augmented as in training.
  @Flag(help: "Crop and mirror images as in the first epoch of a training.")
  public var augmentation = false

  /// The seed of noise and augmentation.
  @Option(help: ArgumentHelp("Seed of noise and augmentation.", valueName: "n"))
  public var seed: UInt64 = 0

  /// The file for the picture.
  @Option(
    help: ArgumentHelp(
      "Picture to write, a name in .png or .svg; by default NAME.png.", valueName: "file"))
  public var output: String?

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.dataShow(self) }
}
