import TimeStepping

/// The data sets of the library, one line each.
public enum DatasetCatalog {
  /// Every data set, in the order they are listed.
  public static let all: [DatasetDescriptor] = [
    fashionMNIST, mnist, cifar10, cifar100, cifar100Coarse, imageFolder, agNews,
    twoMoons, ellipses, swissRoll, peaks, gaussianMixture, peaksRegression, syntheticShapes,
    randomImages, randomText,
  ]

  /// The names, in the same order.
  public static var names: [String] { all.map(\.name) }

  /// The data set that a text such as `cifar-10` or `two-moons:noise=0.1` chooses.
  ///
  /// - Parameter sets: those to choose from, such as the library's and one's own.
  /// - Throws: `UnknownNameError` with the nearest name, or `ArgumentError` for arguments that make no sense.
  public static func dataset(named text: String, in sets: [DatasetDescriptor] = all) throws
    -> DatasetDescriptor
  {
    let choice = try NamedChoice("dataset", text)
    guard let found = sets.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "dataset", name: choice.name, known: sets.map(\.name))
    }
    return try found.configured(choice)
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
  public static let agNews = AGNews().descriptor

  /// Two interleaving half circles with noise.
  public static let twoMoons = DatasetDescriptor(TwoMoons())
  /// Points in an ellipse and around it.
  public static let ellipses = DatasetDescriptor(Ellipses())
  /// Two spirals in each other.
  public static let swissRoll = DatasetDescriptor(SwissRoll())
  /// The height of a landscape in five bands.
  public static let peaks = DatasetDescriptor(Peaks())
  /// Normal distributions around points of a circle.
  public static let gaussianMixture = DatasetDescriptor(GaussianMixture())
  /// The height of a landscape.
  public static let peaksRegression = DatasetDescriptor(PeaksRegression())
  /// Discs and rectangles, to be found pixel by pixel.
  public static let syntheticShapes = DatasetDescriptor(SyntheticShapes())
  /// Images of noise in classes that mean nothing.
  public static let randomImages = DatasetDescriptor(RandomImages())
  /// Texts of random characters in classes that mean nothing.
  public static let randomText = DatasetDescriptor(RandomText())

  /// The constants of CIFAR-10 normalise both sets, as in LM-ResNet's reference code.
  private static func cifar(_ files: CIFAR, name: String, title: String) -> DatasetDescriptor {
    DatasetDescriptor(
      name: name, title: title, elementShape: [3, 32, 32], classNames: files.classNames,
      counts: (50_000, 10_000),
      preparation: Preparation(normalization: .cifar10, augmentation: .cifar),
      markers: files.markers, remedy: files.remedy
    ) { try files.load(name: name, split: $0, directory: $1) }.poolable
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
    ) { try images.load(split: $0, directory: $1) }.poolable
  }
}
