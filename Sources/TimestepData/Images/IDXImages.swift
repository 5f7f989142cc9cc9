/// The four files of MNIST and of the sets made in its shape: 28 x 28 grey images in ten classes.
///
/// Files, each plain or with `.gz`: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`.
struct IDXImages: Sendable {
  /// The name in the catalog.
  let name: String
  /// The names of the classes.
  let classNames: [String]
  /// What to do where files are missing or damaged.
  let remedy: String

  /// The files that show that a directory holds such a set.
  static let markers = ["t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz"]

  /// Reads and checks the images and labels of one part.
  ///
  /// Throws `DataError`: `.notFound`, `.ioFailure`, or `.badData` where a file is damaged, sizes are not those
  /// of the set, images and labels are not equally many, or a label is above 9.
  func load(split: DatasetSplit, directory: String) throws -> ImageDataset {
    let prefix = split == .train ? "train" : "t10k"
    let images = try IDXFile(
      path: find("\(prefix)-images-idx3-ubyte", in: directory), dimensions: 3, remedy: remedy)
    let labels = try IDXFile(
      path: find("\(prefix)-labels-idx1-ubyte", in: directory), dimensions: 1, remedy: remedy)
    let shape = images.shape
    guard shape[1] == 28, shape[2] == 28 else {
      throw DataError(
        .badData, file: images.path, offset: 8,
        problem: "the images have \(shape[1]) x \(shape[2]) pixels, not 28 x 28", remedy: remedy)
    }
    guard shape[0] > 0 else {
      throw DataError(
        .badData, file: images.path, offset: 4, problem: "there are no images", remedy: remedy)
    }
    guard shape[0] == labels.shape[0] else {
      throw DataError(
        .badData, file: labels.path, offset: 4,
        problem: "there are \(labels.shape[0]) labels for \(shape[0]) images", remedy: remedy)
    }
    if let index = labels.bytes.firstIndex(where: { $0 >= classNames.count }) {
      throw DataError(
        .badData, file: labels.path, offset: labels.dataOffset + index,
        problem: "image \(index) has label \(labels.bytes[index]), and labels are 0 to 9",
        remedy: remedy)
    }
    return try ImageDataset(
      name: name, split: split, height: 28, width: 28, channels: 1, classNames: classNames,
      labels: labels.bytes.map(Int32.init), pixels: images.bytes)
  }

  /// The plain file where there is one, else the compressed one.
  private func find(_ file: String, in directory: String) throws -> String {
    let plain = "\(directory)/\(file)"
    let candidates = [plain, plain + ".gz"]
    guard let found = candidates.first(where: FileStatus.exists) else {
      throw DataError(
        .notFound, file: plain, problem: "neither this file nor \(file).gz is there",
        remedy: remedy)
    }
    return found
  }
}
