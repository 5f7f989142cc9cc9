import TimeStepping

/// Images of noise in classes that mean nothing, to try what a set that is not at hand would be needed for.
///
/// Every byte is uniform in 0...255, drawn for each image from (seed, part, image); classes are in random order, as many
/// images of each, up to one. Nothing is to be learned from them: a network stays at chance on the test part. 16 x 16
/// pixels in three channels, ten classes and 512 images of each part are our choice.
public struct RandomImages: SyntheticProblem, Equatable {
  /// Images of each part.
  public var count: Int
  /// Channels of an image.
  public var channels: Int
  /// Rows and columns of an image.
  public var size: Int
  /// The number of classes.
  public var classes: Int
  /// The same seed gives the same images; training and test images are drawn apart.
  public var seed: UInt64

  public let name = "random-images"
  public let title = "Images of noise"
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "512", "images of each part"),
    .init("channels", standard: "3", "channels of an image"),
    .init("size", standard: "16", "rows and columns of an image"),
    .init("classes", standard: "10", "number of classes"),
    .seed,
  ]
  public var elementShape: [Int] { [channels, size, size] }
  public var task: LearningTask { .randomClasses(classes) }
  public var counts: (train: Int, test: Int) { (count, count) }
  /// Pad by an eighth, crop, mirror where that is asked for; normalised by the moments of uniform bytes.
  public var preparation: Preparation {
    Preparation(
      normalization: .uniformBytes(channels: channels),
      augmentation: Augmentation(padding: size / 8, flip: true))
  }

  /// Describes a set of images.
  public init(
    count: Int = 512, channels: Int = 3, size: Int = 16, classes: Int = 10, seed: UInt64 = 0
  ) {
    self.count = count
    self.channels = channels
    self.size = size
    self.classes = classes
    self.seed = seed
  }

  /// The most bytes of a part.
  private static let mostBytes = 1 << 32

  public func configured(_ choice: NamedChoice) throws -> RandomImages {
    let classes = try choice.integer("classes", in: 2...10_000) ?? classes
    let channels = try choice.integer("channels", in: 1...1024) ?? channels
    let size = try choice.integer("size", in: 1...1024) ?? size
    let most = Self.mostBytes / (channels * size * size)
    guard most >= classes else {
      throw ArgumentError(
        choice.kind, name,
        "an image of each of \(classes) classes, \(channels) channels and \(size) x \(size) pixels "
          + "is more than 4 GiB; choose smaller images or fewer classes")
    }
    return RandomImages(
      count: try choice.integer("count", in: classes...most) ?? min(max(count, classes), most),
      channels: channels, size: size, classes: classes, seed: try choice.seed() ?? seed)
  }

  /// Makes the images of one part.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 2 to 10,000 classes, at least as many images, 1 to 1024
  /// channels, rows and columns, and no more than 4 GiB of pixels.
  public func makeDataset(split: DatasetSplit) throws -> ImageDataset {
    try require(
      (2...10_000).contains(classes) && (1...1024).contains(channels) && (1...1024).contains(size)
        && count >= classes && count <= Self.mostBytes / (channels * size * size),
      "\(count) images of \(size) x \(size) pixels, \(channels) channels and \(classes) classes",
      "choose 2 to 10000 classes, as many images or more, 1 to 1024 channels, rows and columns, and "
        + "no more than 4 GiB")
    let bytes = channels * size * size
    let pixels = [UInt8](unsafeUninitializedCapacity: count * bytes) { target, initialized in
      for image in 0..<count {
        var random = RandomStream(
          seed: seed, purpose: .randomImages, epoch: split == .train ? 0 : 1, index: image)
        random.fillBytes(.init(rebasing: target[(image * bytes)..<((image + 1) * bytes)]))
      }
      initialized = count * bytes
    }
    return try ImageDataset(
      name: name, split: split, height: size, width: size, channels: channels,
      classNames: task.classNames,
      labels: .balanced(count, classes: classes, seed: seed, purpose: .randomImages, split: split),
      pixels: pixels)
  }
}
