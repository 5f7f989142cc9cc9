extension ImageFolder {
  /// The line of the catalog: the shape and the classes are provisional until a directory is named.
  static let descriptor = makeDescriptor(
    shape: ImageSize(height: standardSize, width: standardSize), keepsSize: false, classNames: [],
    counts: (0, 0), markers: ImageListing.folders(.train), resolve: resolve,
    read: { try ImageFolder(directory: $1).load($0) })

  /// The line for this folder, which needs no directory any more.
  var descriptor: DatasetDescriptor {
    Self.makeDescriptor(
      shape: imageSize, keepsSize: keepsSize, classNames: train.classNames,
      counts: (train.count, test.count),
      location: DatasetLocation(
        directory: directory, train: train.directory, test: test.directory, unused: test.unused),
      read: { split, _ in try load(split) })
  }

  /// The line for a directory; where it is gone, and the size and the classes are given, one that cannot be loaded, so
  /// that what was trained on it can still be looked at.
  private static func resolve(
    _ directory: () throws -> String, _ options: ReadingOptions
  ) throws -> DatasetDescriptor {
    do {
      return try ImageFolder(directory: directory(), options: options).descriptor
    } catch let error as DataError where error.kind == .notFound {
      guard let size = options.imageSize, let classNames = options.classNames else { throw error }
      return makeDescriptor(
        shape: ImageSize(height: size, width: size), keepsSize: !options.resizesMissing,
        classNames: classNames, counts: (0, 0), read: { _, _ in throw error })
    }
  }

  private static func makeDescriptor(
    shape: ImageSize, keepsSize: Bool, classNames: [String], counts: (train: Int, test: Int),
    markers: [String] = [], resolve: DatasetDescriptor.Resolution? = nil,
    location: DatasetLocation? = nil,
    read: @escaping @Sendable (DatasetSplit, String) throws -> any Dataset
  ) -> DatasetDescriptor {
    // The padding of CIFAR, an eighth of the image.
    let kept = Augmentation(padding: shape.shortSide / 8, flip: true)
    return DatasetDescriptor(
      name: "image-folder", title: "Image folder", elementShape: [3, shape.height, shape.width],
      task: .classification(classNames: classNames), counts: counts,
      preparation: Preparation(
        normalization: .imageNet, augmentation: keepsSize ? kept : .imageNet),
      markers: markers, remedy: remedy, resolve: resolve,
      isResolved: resolve == nil, location: location, read: read)
  }
}
