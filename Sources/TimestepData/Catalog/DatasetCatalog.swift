/// The data sets of the library, one line each.
public enum DatasetCatalog {
  /// Every data set, in the order they are listed.
  public static let all: [DatasetDescriptor] = [
    fashionMNIST, mnist, cifar10, cifar100, cifar100Coarse, imageFolder, agNews, twoMoons,
  ]

  /// The names, in the same order.
  public static var names: [String] { all.map(\.name) }

  /// The data set of this name.
  ///
  /// Throws `DataError(.badConfiguration)` with the known names where there is none.
  public static func dataset(named name: String) throws -> DatasetDescriptor {
    guard let found = all.first(where: { $0.name == name }) else {
      throw DataError(
        .badConfiguration, problem: "there is no data set '\(name)'",
        remedy: "choose one of \(names.joined(separator: ", "))")
    }
    return found
  }

  /// Fashion-MNIST: 28 x 28 grey pictures of clothes. Source: H. Xiao, K. Rasul, R. Vollgraf (2017).
  public static let fashionMNIST = idx(
    name: "fashion-mnist", title: "Fashion-MNIST",
    classNames: [
      "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
      "ankle boot",
    ],
    preparation: Preparation(normalization: .fashionMNIST, augmentation: .fashionMNIST),
    remedy: "run 'make data', which fetches Fashion-MNIST, or name its directory with --data DIR")

  /// MNIST: 28 x 28 grey pictures of digits. Source: Y. LeCun, C. Cortes, C. Burges.
  public static let mnist = idx(
    name: "mnist", title: "MNIST", classNames: (0...9).map(String.init),
    preparation: Preparation(normalization: .mnist, augmentation: .mnist),
    remedy: "name the directory with the four IDX files of MNIST with --data DIR")

  /// CIFAR-10: 32 x 32 colour photographs. Source: A. Krizhevsky (2009).
  public static let cifar10 = cifar(.cifar10, name: "cifar-10", title: "CIFAR-10")

  /// CIFAR-100: as CIFAR-10, in 100 classes. Source: A. Krizhevsky (2009).
  public static let cifar100 = cifar(.cifar100, name: "cifar-100", title: "CIFAR-100")

  /// CIFAR-100 with the 20 classes that each join five of the 100. Source: A. Krizhevsky (2009).
  public static let cifar100Coarse = cifar(
    .cifar100Coarse, name: "cifar-100-coarse", title: "CIFAR-100, coarse classes")

  /// A directory of photographs: `split/class/file`, JPEG or PNG, as ImageNet is laid out.
  public static let imageFolder = ImageFolder.descriptor

  /// AG-NEWS: news as sequences of characters. Source: X. Zhang, J. Zhao, Y. LeCun (2015).
  public static let agNews = DatasetDescriptor(
    name: "ag-news", title: "AG-NEWS", elementShape: [AGNews().length],
    classNames: AGNews.classNames, counts: (120_000, 7600), preparation: Preparation(),
    augmentsByDefault: false, markers: AGNews.markers, remedy: AGNews.remedy
  ) { try AGNews().load(split: $0, directory: $1) }

  /// Two moons: points in the plane, made as they are asked for.
  public static let twoMoons = DatasetDescriptor(
    name: "two-moons", title: "Two moons", elementShape: [2], classNames: ["outer", "inner"],
    counts: (1000, 1000), preparation: Preparation()
  ) { split, _ in try TwoMoons().makeDataset(split: split) }

  /// The constants of CIFAR-10 normalise both sets, as in LM-ResNet's reference code.
  private static func cifar(_ files: CIFAR, name: String, title: String) -> DatasetDescriptor {
    DatasetDescriptor(
      name: name, title: title, elementShape: [3, 32, 32], classNames: files.classNames,
      counts: (50_000, 10_000),
      preparation: Preparation(normalization: .cifar10, augmentation: .cifar),
      markers: files.markers, remedy: files.remedy
    ) { try files.load(name: name, split: $0, directory: $1) }
  }

  private static func idx(
    name: String, title: String, classNames: [String], preparation: Preparation, remedy: String
  ) -> DatasetDescriptor {
    let images = IDXImages(name: name, classNames: classNames, remedy: remedy)
    return DatasetDescriptor(
      name: name, title: title, elementShape: [1, 28, 28], classNames: classNames,
      counts: (60_000, 10_000), preparation: preparation,
      // The objects are centred and all face one way: shifts and flips slow short trainings down.
      augmentsByDefault: false, markers: IDXImages.markers, remedy: remedy
    ) { try images.load(split: $0, directory: $1) }
  }
}
