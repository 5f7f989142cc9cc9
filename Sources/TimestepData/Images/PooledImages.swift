import TimeStepping

extension ImageDataset {
  /// The images with each square of `factor` x `factor` pixels averaged to one, channel by channel.
  ///
  /// ```
  /// y[i, j] = floor((sum of x[f i + a, f j + b] over 0 <= a, b < f) / f^2 + 1/2)
  /// ```
  /// Pixels stay bytes, so that a pixel divided by 255 is off by at most 1/510. Throws `DataError(.badConfiguration)`
  /// unless `factor` divides height and width.
  public func pooled(by factor: Int) throws -> ImageDataset {
    try require(
      factor >= 1 && height.isMultiple(of: factor) && width.isMultiple(of: factor),
      "\(name): images of \(height) x \(width) pixels pooled by \(factor)",
      "choose a number that divides \(height) and \(width)")
    guard factor > 1 else { return self }
    return try ImageDataset(
      name: name, split: split, height: height / factor, width: width / factor, channels: channels,
      classNames: classNames, labels: labels,
      // One image below the other is one image.
      pixels: pooledPixels(
        pixels, height: count * height, width: width, channels: channels, by: factor),
      skipped: skipped)
  }
}

/// The averages over squares of `factor` x `factor` pixels, rounded half up; `factor` divides height and width.
func pooledPixels(_ pixels: [UInt8], height: Int, width: Int, channels: Int, by factor: Int)
  -> [UInt8]
{
  let (rows, columns, area) = (height / factor, width / factor, factor * factor)
  let size = rows * columns * channels
  precondition(pixels.count == size * area)
  return [UInt8](unsafeUninitializedCapacity: size) { target, initialized in
    pixels.withUnsafeBufferPointer { source in
      var place = 0
      for row in 0..<rows {
        for column in 0..<columns {
          let corner = (row * width + column) * factor * channels
          for channel in 0..<channels {
            var sum = area / 2
            for line in 0..<factor {
              let start = corner + line * width * channels + channel
              for pixel in 0..<factor { sum += Int(source[start + pixel * channels]) }
            }
            target[place] = UInt8(sum / area)
            place += 1
          }
        }
      }
    }
    initialized = size
  }
}

extension DatasetDescriptor {
  /// The set, which has an argument `pooling`: `fashion-mnist:pooling=2` is 14 x 14 pixels large.
  ///
  /// Normalisation is by the constants of the full images. The padding before a crop shrinks with them and is at least
  /// one pixel where images have more than one: 2 of 28 becomes 1 of 14.
  var poolable: DatasetDescriptor { withPooling(of: self) }

  private func withPooling(of whole: DatasetDescriptor) -> DatasetDescriptor {
    varied(by: [
      ArgumentDescription(
        "pooling", standard: "1", "rows and columns of a square of pixels that is averaged to one")
    ]) { try whole.pooled($0).withPooling(of: whole) }
  }

  /// The set with the argument of a choice; throws `ArgumentError` for one that does not divide the images' size.
  private func pooled(_ choice: NamedChoice) throws -> DatasetDescriptor {
    let (height, width) = (elementShape[1], elementShape[2])
    guard let factor = try choice.integer("pooling", in: 1...min(height, width)), factor > 1 else {
      return self
    }
    let fitting = (1...min(height, width)).filter {
      height.isMultiple(of: $0) && width.isMultiple(of: $0)
    }
    guard fitting.contains(factor) else {
      throw ArgumentError(
        choice.kind, name,
        "pooling=\(factor): does not divide images of \(height) x \(width) pixels; choose one of "
          + fitting.map(String.init).joined(separator: ", "))
    }
    var preparation = preparation
    let (padding, side) = (preparation.augmentation.padding, min(height, width) / factor)
    if padding > 0 { preparation.augmentation.padding = min(max(padding / factor, 1), side - 1) }
    var result = DatasetDescriptor(
      name: name, title: "\(title) pooled \(factor) x \(factor)",
      elementShape: [elementShape[0], height / factor, width / factor], elementKind: elementKind,
      task: task, counts: counts, preparation: preparation, augmentsByDefault: augmentsByDefault,
      markers: markers, remedy: remedy
    ) { split, directory in
      let data = try read(split, directory)
      guard let images = data as? ImageDataset else {
        throw DataError(
          .badConfiguration, problem: "\(name) holds no images of one size, which could be pooled",
          remedy: "leave out the argument pooling")
      }
      return try images.pooled(by: factor)
    }
    result.pooling = factor
    return result
  }
}

extension DecodedImage {
  /// The image pooled like those of a set whose images have the size `wanted`, where it is `factor` times as large as
  /// they are; as it is otherwise.
  func pooled(by factor: Int, to wanted: ImageSize) -> DecodedImage {
    guard factor > 1, (height, width) == (factor * wanted.height, factor * wanted.width) else {
      return self
    }
    return DecodedImage(
      height: wanted.height, width: wanted.width, channels: channels,
      pixels: pooledPixels(pixels, height: height, width: width, channels: channels, by: factor))
  }
}
