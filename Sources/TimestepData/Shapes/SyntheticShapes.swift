import TimeStepping

/// Grey images of discs and rectangles with noise, in which each pixel is to be classified.
///
/// The classes of a pixel are background, disc and rectangle. An image has one to three shapes, each a disc or a
/// rectangle by an even chance; see ``ShapeScene`` for their sizes and brightness. 32 x 32 pixels, 1000 images for
/// training and 200 for testing, noise of standard deviation 0.1. Image `i` of a part is made from
/// (seed, part, i) when it is asked for.
///
/// Source: spec section 6.7 (segmentation); sizes, brightness and noise are our choice.
public struct SyntheticShapes: SyntheticProblem, Equatable {
  /// Training images; a fifth as many for testing.
  public var count: Int
  /// Rows and columns of an image.
  public var size: Int
  /// Standard deviation of the noise on each pixel.
  public var noise: Double
  /// The same seed gives the same images; training and test images are drawn apart.
  public var seed: UInt64

  public let name = "synthetic-shapes"
  public let title = "Discs and rectangles, pixel by pixel"
  public let task = LearningTask.segmentation(classNames: ["background", "disc", "rectangle"])
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "1000", "training images; a fifth as many for testing"),
    .init("size", standard: "32", "rows and columns of an image"),
    .init("noise", standard: "0.1", "standard deviation of the noise on each pixel"),
    .seed,
  ]
  public var elementShape: [Int] { [1, size, size] }
  public var counts: (train: Int, test: Int) { (count, count / 5) }
  /// Pad by an eighth, crop, mirror; images are made anew rather than augmented unless that is asked for.
  public var preparation: Preparation {
    Preparation(augmentation: Augmentation(padding: size / 8, flip: true))
  }

  /// Describes a set of images.
  public init(count: Int = 1000, size: Int = 32, noise: Double = 0.1, seed: UInt64 = 0) {
    self.count = count
    self.size = size
    self.noise = noise
    self.seed = seed
  }

  public func configured(_ choice: NamedChoice) throws -> SyntheticShapes {
    SyntheticShapes(
      count: try choice.integer("count", in: 5...100_000_000) ?? count,
      size: try choice.integer("size", in: 8...1024) ?? size,
      noise: try choice.number("noise", in: 0...1e6) ?? noise, seed: try choice.seed() ?? seed)
  }

  /// The images of one part.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 5 to 100,000,000 images of 8 to 1024 rows, and the noise
  /// is finite and not negative.
  public func makeDataset(split: DatasetSplit) throws -> ShapeDataset {
    try require(
      (5...100_000_000).contains(count) && (8...1024).contains(size) && noise.isFinite
        && (0...1e6).contains(noise),
      "\(count) images of \(size) x \(size) pixels with noise \(noise)",
      "choose 5 to 100000000 images, a size of 8 to 1024 and a noise from 0 to 1000000")
    return ShapeDataset(problem: self, split: split)
  }
}
