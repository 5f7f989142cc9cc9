/// Images of a folder, of any sizes, made into examples of one size.
///
/// Held decoded where they are few, else decoded as they are asked for: no batch needs more of the set than itself.
package struct ImageFolderDataset: ClassificationDataset {
  package var name: String { "image-folder" }
  package let split: DatasetSplit
  package let elementShape: [Int]
  package let classNames: [String]
  package let labels: [Int32]
  package let skipped: SkippedFiles?
  private let keepsSize: Bool
  private let store: ImageStore

  /// Images that become examples of a size; `keepsSize` says that all have it already.
  init(
    split: DatasetSplit, size: ImageSize, keepsSize: Bool, classNames: [String], labels: [Int32],
    store: ImageStore, skipped: SkippedFiles?
  ) {
    self.split = split
    elementShape = [3, size.height, size.width]
    self.keepsSize = keepsSize
    self.classNames = classNames
    self.labels = labels
    self.store = store
    self.skipped = skipped
  }

  /// Whether the decoded images are in memory.
  package var isHeld: Bool {
    if case .held = store { return true }
    return false
  }

  /// A writer of cropped, resized and normalised images.
  package func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    try preparation.normalization?.check(channels: 3, of: name)
    let size = ImageSize(height: elementShape[1], width: elementShape[2])
    let augmentation = preparation.augmentation
    if keepsSize, augmentation.crop == nil {
      try augmentation.check(height: size.height, width: size.width)
      return KeptSizeWriter(
        store: store, labels: labels, size: size,
        writer: PaddedCropWriter(
          height: size.height, width: size.width, channels: 3, preparation: preparation))
    }
    guard augmentation.padding == 0 else {
      throw DataError(
        .badConfiguration, problem: "padding \(augmentation.padding) for images that are resized",
        remedy: "choose a crop, or images of one size that is kept")
    }
    return ResizedCropWriter(
      store: store, labels: labels, size: size, augmentation: augmentation,
      resizer: Resizer(outputs: size, normalization: preparation.normalization))
  }
}

/// Writes images that have the size of the examples.
private struct KeptSizeWriter: ElementWriter {
  let store: ImageStore
  let labels: [Int32]
  let size: ImageSize
  let writer: PaddedCropWriter
  var isSlow: Bool { true }

  func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    target[0] = Float(labels[index])
    let draw = writer.augmentation.draw(using: &random)
    try store.withPixels(of: index, plan: { _, _ in (1, ()) }) { pixels, found, _, _ in
      guard found == size else {
        throw DataError(
          .badData,
          problem: "image \(index) changed its size to \(found.height) x \(found.width)")
      }
      writer.write(pixels, to: output, draw)
    }
  }
}

/// Writes the part of an image that a crop chooses, resized.
private struct ResizedCropWriter: ElementWriter {
  let store: ImageStore
  let labels: [Int32]
  let size: ImageSize
  let augmentation: Augmentation
  let resizer: Resizer
  var isSlow: Bool { true }

  func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    target[0] = Float(labels[index])
    precondition(output.count == size.byteCount)
    var generator = random
    defer { random = generator }
    try store.withPixels(
      of: index,
      plan: { full, factors in
        let crop = augmentation.crop(of: full, to: size, using: &generator)
        let mirrored = augmentation.flip && generator.next() >> 63 == 1
        return (crop.reduction(of: factors, outputs: size), (crop, mirrored))
      }
    ) { pixels, found, factor, plan in
      let (crop, mirrored) = plan
      guard let target = output.baseAddress else { return }
      resizer.write(pixels, of: found, reducedBy: factor, crop, mirrored: mirrored, to: target)
    }
  }
}
