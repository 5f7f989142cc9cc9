import Foundation
import Synchronization

/// Labelled photographs as files: `split/class/file`, JPEG or PNG by their first bytes.
///
/// The split `train` is trained on; the first of `test`, `val` and `validation` that has classes in it measures, and
/// the others are not read. Both have the same classes, two or more, named after the directories. Images of one size of at most 64 x 64 keep it and get the recipe of CIFAR; others become squares
/// of 224 or of the size that was asked for, by the recipe of ImageNet.
package struct ImageFolder: Sendable {
  /// The directory that holds both parts.
  package let directory: String
  /// The part that is trained on.
  package let train: ImageListing
  /// The part that measures.
  package let test: ImageListing
  /// Rows and columns of an example.
  package let imageSize: ImageSize
  /// Whether all images have that size, so that none is resized.
  package let keepsSize: Bool
  private let options: ReadingOptions

  /// The size of examples where images differ or are large.
  static let standardSize = 224
  /// The side up to which images of one size keep it.
  static let smallestKept = 64
  /// What to do where the folder is not as it should be.
  static let remedy =
    "name with --data DIR a directory that holds train/CLASS/FILE and test/CLASS/FILE "
    + "(or val, or validation)"

  /// Lists both parts and finds the size of the examples.
  ///
  /// Throws `DataError`: `.notFound`, `.ioFailure`, `.badConfiguration` for an image size out of range, `.badData`
  /// where there is one class, the parts have other classes, or other ones than asked for, or a first image is damaged.
  package init(directory: String, options: ReadingOptions = ReadingOptions()) throws {
    self.directory = directory
    train = try ImageListing(root: directory, split: .train, remedy: Self.remedy)
    guard train.classNames.count > 1 else {
      throw DataError(
        .badData, file: train.directory,
        problem:
          "there is one class, '\(train.classNames[0])', so that nothing is to be told apart",
        remedy: "put the images of each class, two or more, in a directory of their own")
    }
    test = try ImageListing(root: directory, split: .test, remedy: Self.remedy)
    try Self.check(test, hasClasses: train.classNames, "\(train.directory) has")
    if let expected = options.classNames {
      try Self.check(train, hasClasses: expected, "the run was made with")
    }
    let common = try Self.commonSize(of: [train, test], skipping: options.skipsCorruptFiles)
    if let asked = options.imageSize {
      guard (8...4096).contains(asked) else {
        throw DataError(
          .badConfiguration,
          problem:
            "--image-size \(asked): images of a folder cannot become \(asked) x \(asked) pixels",
          remedy: "choose --image-size from 8 to 4096")
      }
      imageSize = ImageSize(height: asked, width: asked)
    } else {
      imageSize =
        common ?? ImageSize(height: Self.standardSize, width: Self.standardSize)
    }
    keepsSize = common == imageSize
    self.options = options
  }

  /// Throws unless a part has exactly these classes; `whose` says where they come from.
  private static func check(
    _ listing: ImageListing, hasClasses expected: [String], _ whose: String
  ) throws {
    let found = listing.classNames
    guard found != expected else { return }
    let missing = expected.filter { !Set(found).contains($0) }
    let extra = found.filter { !Set(expected).contains($0) }
    let name = missing.first ?? extra.first ?? ""
    throw DataError(
      .badData, file: listing.directory,
      problem: "there are \(found.count) classes and \(whose) \(expected.count): '\(name)' is "
        + (missing.isEmpty ? "only here" : "missing here"),
      remedy: "give both parts the same class directories")
  }

  /// The size that all images have, or nil where they differ or the first one is larger than what keeps its size.
  private static func commonSize(
    of parts: [ImageListing], skipping: Bool
  ) throws -> ImageSize? {
    @Sendable func size(_ path: String) throws -> ImageSize? {
      do { return try ImageFile(path: path).size } catch let error as DataError {
        if skipping { return nil }
        throw error
      }
    }
    var first: ImageSize?
    for listing in parts {
      for index in 0..<listing.count where first == nil { first = try size(listing.path(index)) }
    }
    guard let first, max(first.height, first.width) <= smallestKept else { return nil }
    struct Different: Error {}
    do {
      for listing in parts {
        try Parallel.forEach(listing.count, workers: ProcessInfo.processInfo.activeProcessorCount) {
          if let other = try size(listing.path($0)), other != first { throw Different() }
        }
      }
    } catch is Different { return nil }
    return first
  }

  /// One part, decoded and held where it takes no more than `ReadingOptions.heldBytes`.
  ///
  /// Throws `DataError(.badData)` for a damaged file, unless such files are passed over.
  package func load(_ split: DatasetSplit) throws -> any ClassificationDataset {
    let listing = split == .train ? train : test
    let skipped = options.skipsCorruptFiles ? SkippedFiles() : nil
    let decoded = try DecodedImages(listing, heldBytes: options.heldBytes, skipped: skipped)
    guard let decoded else {
      return dataset(split, listing.labels, .files(listing), skipped)
    }
    if keepsSize {
      return try ImageDataset(
        name: "image-folder", split: split, height: imageSize.height, width: imageSize.width,
        channels: 3, classNames: listing.classNames, labels: decoded.labels,
        pixels: decoded.pixels, skipped: skipped)
    }
    return dataset(
      split, decoded.labels,
      .held(pixels: decoded.pixels, starts: decoded.starts, sizes: decoded.sizes), skipped)
  }

  private func dataset(
    _ split: DatasetSplit, _ labels: [Int32], _ store: ImageStore, _ skipped: SkippedFiles?
  ) -> ImageFolderDataset {
    ImageFolderDataset(
      split: split, size: imageSize, keepsSize: keepsSize, classNames: train.classNames,
      labels: labels, store: store, skipped: skipped)
  }
}
