extension ImageFolder {
  /// The line of the catalog: the shape and the classes are provisional until a directory is named.
  static let descriptor = makeDescriptor(
    shape: ImageSize(height: standardSize, width: standardSize), keepsSize: false, classNames: [],
    counts: (0, 0), markers: ImageListing.folders(.train),
    resolve: { try ImageFolder(directory: $0, options: $1).descriptor },
    read: { try ImageFolder(directory: $1).load($0) })

  /// The line for this folder, which needs no directory any more.
  var descriptor: DatasetDescriptor {
    Self.makeDescriptor(
      shape: imageSize, keepsSize: keepsSize, classNames: train.classNames,
      counts: (train.count, test.count), markers: [], resolve: nil,
      read: { split, _ in try load(split) })
  }

  private static func makeDescriptor(
    shape: ImageSize, keepsSize: Bool, classNames: [String], counts: (train: Int, test: Int),
    markers: [String], resolve: DatasetDescriptor.Resolution?,
    read: @escaping @Sendable (DatasetSplit, String) throws -> any Dataset
  ) -> DatasetDescriptor {
    // The padding of CIFAR, an eighth of the image.
    let kept = Augmentation(padding: shape.shortSide / 8, flip: true)
    return DatasetDescriptor(
      name: "image-folder", title: "Image folder", elementShape: [3, shape.height, shape.width],
      classNames: classNames, counts: counts,
      preparation: Preparation(
        normalization: .imageNet, augmentation: keepsSize ? kept : .imageNet),
      markers: markers, remedy: remedy, resolve: resolve, read: read)
  }
}
