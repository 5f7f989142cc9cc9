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
  public func points(_ lines: [String], from file: String) throws -> PointDataset {
    let features = dataset.elementShape[0]
    var coordinates: [Float] = []
    for (number, line) in lines.enumerated() {
      let numbers = line.split(separator: ",", omittingEmptySubsequences: false).map {
        Float($0.filter { $0 != " " && $0 != "\t" })
      }
      guard numbers.count == features, numbers.allSatisfy({ $0?.isFinite ?? false }) else {
        throw DataError(
          .badData, file: file,
          problem:
            "line \(number + 1) is \(String(line.prefix(60)).debugDescription), not \(features) finite numbers "
            + "between commas",
          remedy: "the network was trained on \(dataset.title), whose points have \(features)")
      }
      coordinates += numbers.compactMap { $0 }
    }
    return try PointDataset(
      name: dataset.name, split: .test, features: features, classNames: classNames,
      labels: labels(lines.count), coordinates: coordinates)
  }

  /// Images, at least one, each of the size of the set's; those for a network trained on an image folder are resized
  /// as in an evaluation, and rounded to bytes again.
  public func images(_ files: [String]) throws -> ImageDataset {
    let (channels, height, width) = (
      dataset.elementShape[0], dataset.elementShape[1], dataset.elementShape[2]
    )
    var pixels: [UInt8] = []
    for file in files {
      var image = try decodeImage(file)
      if dataset.name == DatasetCatalog.imageFolder.name { image = try resized(image, from: file) }
      guard (image.height, image.width) == (height, width) else {
        throw DataError(
          .badData, file: file,
          problem: "the image has \(image.height) x \(image.width) pixels, and the network takes "
            + "\(height) x \(width)",
          remedy: "resize it; the network was trained on \(dataset.title)")
      }
      pixels += try image.converted(toChannels: channels, file: file)
    }
    return try ImageDataset(
      name: dataset.name, split: .test, height: height, width: width, channels: channels,
      classNames: classNames, labels: labels(files.count), pixels: pixels)
  }

  /// The centre of an image in the size of the set's, as for test images.
  private func resized(_ image: DecodedImage, from file: String) throws -> DecodedImage {
    let size = ImageSize(height: image.height, width: image.width)
    let wanted = ImageSize(height: dataset.elementShape[1], width: dataset.elementShape[2])
    guard size != wanted else { return image }
    var random = RandomStream(seed: 0, purpose: .augmentation)
    let crop = Augmentation.none.crop(of: size, to: wanted, using: &random)
    let colors = PixelImage(size: size, pixels: try image.converted(toChannels: 3, file: file))
    return DecodedImage(
      height: wanted.height, width: wanted.width, channels: 3,
      pixels: colors.resized(crop, to: wanted).map { UInt8(255 * min(max($0, 0), 1) + 0.5) })
  }

  /// The lines of a file, plain or gzip, that are not empty.
  ///
  /// Throws `DataError`: what `ByteStream` throws, and `.badData` for a file without such lines.
  public static func lines(of file: String) throws -> [String] {
    let stream = try ByteStream(path: file)
    var bytes: [UInt8] = []
    while case let piece = try stream.read(upTo: 1 << 20), !piece.isEmpty { bytes += piece }
    return try lines(of: bytes, from: file)
  }

  /// The lines of a text that are not empty; `name` stands in the error for a text without any.
  public static func lines(of bytes: [UInt8], from name: String) throws -> [String] {
    // Pictures and archives have zeros or bytes that no text has.
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw DataError(
        .badData, file: name, problem: "is no text: its bytes are not UTF-8, or hold a zero",
        remedy: "give plain text in UTF-8, one example a line")
    }
    let lines = bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") }).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }.filter { $0.contains { !$0.isWhitespace } }
    guard !lines.isEmpty else {
      throw DataError(.badData, file: name, problem: "holds no text", remedy: "give one a line")
    }
    return lines
  }
}
