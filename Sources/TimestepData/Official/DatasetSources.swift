extension DatasetSource {
  /// The sources of the sets in the catalog, one line each.
  public static let all: [DatasetSource] = [fashionMNIST, mnist, cifar10, cifar100, agNews]

  /// The authors' files. SHA-256 of the contents of those files and of Debian's package `dataset-fashion-mnist`.
  private static let fashionMNIST = idx(
    "fashion-mnist", from: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"],
    size: "31 MB",
    [
      "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ])

  /// The mirrors of torchvision and of TensorFlow's examples, since the authors' own server gives the files no more.
  private static let mnist = idx(
    "mnist",
    from: [
      "https://ossci-datasets.s3.amazonaws.com/mnist",
      "https://storage.googleapis.com/cvdf-datasets/mnist",
    ],
    size: "12 MB",
    [
      "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ])

  /// The author's archive. SHA-256 of the archive as TensorFlow Datasets and torchvision-ruby have it, of its files as
  /// torchvision-ruby has them.
  private static let cifar10 = cifar(
    ["cifar-10"], folder: "cifar-10-batches-bin", archive: "cifar-10-binary.tar.gz",
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", size: "170 MB",
    [
      File(
        "data_batch_1.bin",
        sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
      File(
        "data_batch_2.bin",
        sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
      File(
        "data_batch_3.bin",
        sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
      File(
        "data_batch_4.bin",
        sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
      File(
        "data_batch_5.bin",
        sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
      File(
        "test_batch.bin",
        sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
    ])

  /// As for CIFAR-10.
  private static let cifar100 = cifar(
    ["cifar-100", "cifar-100-coarse"], folder: "cifar-100-binary",
    archive: "cifar-100-binary.tar.gz",
    sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec", size: "169 MB",
    [
      File(
        "train.bin",
        sha256: "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"),
      File(
        "test.bin",
        sha256: "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a"),
    ])

  /// The files of the official archive, which itself is on a server that no program can fetch from; the place and
  /// the MD5 that go with these SHA-256 are torchtext's.
  private static let agNews = DatasetSource(
    datasets: ["ag-news"],
    files: [
      File(
        "train.csv",
        sha256: "76a0a2d2f92b286371fe4d4044640910a04a803fdd2538e0f3f29a5c6f6b672e"),
      File(
        "test.csv",
        sha256: "521465c2428ed7f02f8d6db6ffdd4b5447c1c701962353eb2c40d548c3c85699"),
    ],
    downloads: ["train.csv", "test.csv"].map {
      Download(
        $0,
        from: [
          "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv"
        ], .file($0))
    },
    size: "31 MB")

  private static func idx(
    _ dataset: String, from places: [String], size: String, _ sums: [String]
  ) -> DatasetSource {
    let names = [
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
      "t10k-labels-idx1-ubyte",
    ]
    return DatasetSource(
      datasets: [dataset], files: zip(names, sums).map { File($0, sha256: $1) },
      downloads: names.map { Download("\($0).gz", from: places, .file($0)) }, size: size)
  }

  private static func cifar(
    _ datasets: [String], folder: String, archive: String, sha256: String, size: String,
    _ files: [File]
  ) -> DatasetSource {
    DatasetSource(
      datasets: datasets, files: files.map { File("\(folder)/\($0.path)", sha256: $0.sha256) },
      downloads: [
        Download(
          archive, from: ["https://www.cs.toronto.edu/~kriz"],
          .archive(sha256: sha256, folder: folder))
      ], size: size)
  }
}
