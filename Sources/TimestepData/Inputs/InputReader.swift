/// Inputs of one's own in the form of a data set, for a network that was trained on it: without labels, so that each
/// counts as the first class.
public struct InputReader: Sendable {
  /// The data set the network was trained on.
  public let dataset: DatasetDescriptor

  /// Reads inputs like those of a data set.
  public init(for dataset: DatasetDescriptor) { self.dataset = dataset }

  private var classNames: [String] { [""] }
  private func labels(_ count: Int) -> [Int32] { [Int32](repeating: 0, count: count) }

  /// Texts, at least one, cut to the length of the set's.
  public func texts(_ texts: [String]) throws -> TextDataset {
    let alphabet = AGNews.alphabet(of: dataset)
    let length = dataset.elementShape[0]
    var (characters, ends) = ([UInt8](), [Int]())
    for text in texts {
      characters += alphabet.numbers(of: text, limit: length)
      ends.append(characters.count)
    }
    return try TextDataset(
      name: dataset.name, split: .test, length: length, classNames: classNames,
      labels: labels(texts.count), characters: characters, ends: ends)
  }

  /// Points, at least one: numbers between commas, as many as the set's points have.
  ///
  /// Throws `DataError(.badData)` with `file` and the line for others.
  public func points(_ lines: [InputLine], from file: String) throws -> PointDataset {
    let features = dataset.elementShape[0]
    var coordinates: [Float] = []
    for line in lines {
      let numbers = line.text.split(separator: ",", omittingEmptySubsequences: false).map {
        Float($0.filter { $0 != " " && $0 != "\t" })
      }
      guard numbers.count == features, numbers.allSatisfy({ $0?.isFinite ?? false }) else {
        throw DataError(
          .badData, file: file, offset: line.offset,
          problem: "line \(line.number) is \(quoted(line.text.prefix(60))), not \(features) finite "
            + "number\(features == 1 ? "" : "s between commas")",
          remedy: "the network was trained on \(dataset.title), whose points have \(features)")
      }
      coordinates += numbers.compactMap { $0 }
    }
    return try PointDataset(
      name: dataset.name, split: .test, features: features, classNames: classNames,
      labels: labels(lines.count), coordinates: coordinates)
  }

  /// Images, at least one, for the writer that prepares the set's own.
  ///
  /// Of a set that is pooled, images of the full size are pooled alike, in bytes, and smaller ones taken as pooled.
  /// Of a set that is cropped from images of any size, they are of any size too, and cropped as the test part is.
  /// (Only of a part that is too large to be held in memory does an evaluation decode JPEG at a reduced size, which
  /// changes pixels a little.) Others have the size of the set's; for an image folder that keeps its size, the centre
  /// of an image of another size is resized to it, in bytes. Throws `DataError`.
  public func images(_ files: [String]) throws -> any ClassificationDataset {
    let images = try files.map(decodeImage)
    guard dataset.resizesImages else { return try ofOneSize(images, from: files) }
    var (pixels, starts, sizes) = ([UInt8](), [Int](), [ImageSize]())
    for (file, image) in zip(files, images) {
      starts.append(pixels.count)
      sizes.append(ImageSize(height: image.height, width: image.width))
      pixels += try image.converted(toChannels: 3, file: file)
    }
    return ImageFolderDataset(
      split: .test, size: size, keepsSize: false, classNames: classNames,
      labels: labels(files.count),
      store: .held(pixels: pixels, starts: starts, sizes: sizes), skipped: nil)
  }

  /// The rows and columns of the set's images.
  private var size: ImageSize {
    ImageSize(height: dataset.elementShape[1], width: dataset.elementShape[2])
  }

  private func ofOneSize(_ images: [DecodedImage], from files: [String]) throws -> ImageDataset {
    let channels = dataset.elementShape[0]
    let factor = dataset.pooling
    let full = factor > 1 ? "\(factor * size.height) x \(factor * size.width), pooled to " : ""
    let sizes = "\(full)\(size.height) x \(size.width)"
    var pixels: [UInt8] = []
    for (file, image) in zip(files, images) {
      let image =
        dataset.name == DatasetCatalog.imageFolder.name
        ? try image.resized(to: size, file: file) : image.pooled(by: dataset.pooling, to: size)
      guard (image.height, image.width) == (size.height, size.width) else {
        throw DataError(
          .badData, file: file,
          problem: "the image has \(image.height) x \(image.width) pixels, and the network takes "
            + sizes,
          remedy: "resize it; the network was trained on \(dataset.title)")
      }
      pixels += try image.converted(toChannels: channels, file: file)
    }
    return try ImageDataset(
      name: dataset.name, split: .test, height: size.height, width: size.width, channels: channels,
      classNames: classNames, labels: labels(files.count), pixels: pixels)
  }
}

extension DecodedImage {
  /// The image where it has this size, else its centre resized to it as for test images.
  fileprivate func resized(to wanted: ImageSize, file: String) throws -> DecodedImage {
    let size = ImageSize(height: height, width: width)
    guard size != wanted else { return self }
    var random = RandomStream(seed: 0, purpose: .augmentation)
    let crop = Augmentation.none.crop(of: size, to: wanted, using: &random)
    let colors = PixelImage(size: size, pixels: try converted(toChannels: 3, file: file))
    return DecodedImage(
      height: wanted.height, width: wanted.width, channels: 3,
      pixels: colors.resized(crop, to: wanted).map { UInt8(255 * min(max($0, 0), 1) + 0.5) })
  }
}
