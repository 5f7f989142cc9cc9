import Foundation
import TestSupport
import TimestepData

extension FuzzedReader {
  /// All readers of data sets.
  static let data: [FuzzedReader] = [
    idx("IDX", compressed: false), idx("gzip", compressed: true),
    cifar("CIFAR-10", .cifar10, "test_batch.bin", labels: 1, names: "batches.meta.txt"),
    cifar("CIFAR-100", .cifar100, "test.bin", labels: 2, names: "fine_label_names.txt"),
    csv("AG-NEWS", compressed: false), csv("AG-NEWS, gzip", compressed: true),
    pictures("JPEG", ["colours-420.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"]),
    pictures(
      "PNG", ["rgb-8.png", "rgb-8-interlaced.png", "palette-4.png", "grey-16.png", "rgba-16.png"]),
    folder, labels, lines, inputs,
  ]

  private static func idx(_ name: String, compressed: Bool) -> FuzzedReader {
    let images = TimestepDataTests.idx([3, 28, 28], (0..<2352).map { UInt8($0 % 251) })
    let labels = TimestepDataTests.idx([3], [9, 0, 4])
    let pack = compressed ? gzip : { $0 }
    let files = [
      ("train-images-idx3-ubyte", pack(images)), ("train-labels-idx1-ubyte", pack(labels)),
    ]
    return FuzzedReader(name: name, files: files, explain: place) {
      _ = try DatasetCatalog.mnist.load(split: .train, directory: $0)
    }
  }

  private static func cifar(
    _ name: String, _ layout: CIFAR, _ file: String, labels: Int, names: String
  ) -> FuzzedReader {
    let record = { (label: UInt8) in
      [UInt8](repeating: label, count: labels) + (0..<3072).map { UInt8($0 % 253) }
    }
    let count = labels == 1 ? 10 : 100
    let files = [
      (file, record(3) + record(7)),
      (names, Array((0..<count).map { "class \($0)\n" }.joined().utf8)),
    ]
    return FuzzedReader(name: name, files: files, explain: place) {
      _ = try layout.load(name: name, split: .test, directory: $0, recordsPerFile: 2)
    }
  }

  private static func csv(_ name: String, compressed: Bool) -> FuzzedReader {
    let text = (0..<40).map { line in
      "\"\(1 + line % 4)\",\"Title \(line), with a \"\"quote\"\"\",\"Caf\u{e9} \\ and\nmore\"\r\n"
    }.joined()
    let bytes = Array(text.utf8)
    let file = compressed ? "train.csv.gz" : "train.csv"
    return FuzzedReader(
      name: name, files: [(file, compressed ? gzip(bytes) : bytes)], explain: place
    ) { _ = try AGNews().load(split: .train, directory: $0) }
  }

  private static func pictures(_ name: String, _ pictures: [String]) -> FuzzedReader {
    let files = pictures.map { ($0, (try? GoldenImages.bytes($0)) ?? []) }
    return FuzzedReader(name: name, files: files, explain: place) { directory in
      for picture in pictures {
        let file = try ImageFile(path: "\(directory)/\(picture)")
        for factor in file.reductions { _ = try file.decode(reducedBy: factor) }
      }
    }
  }

  private static let labels = FuzzedReader(
    name: "labels", files: [("labels.txt", Array("4\n3\r\n0\n 1\n".utf8))],
    damaged: ["labels.txt"], explain: place
  ) { directory in
    let points = try PointDataset(
      name: "points", split: .train, features: 1, classNames: (0..<5).map { "\($0)" },
      labels: [0, 1, 2, 3], coordinates: [0, 1, 2, 3])
    _ = try LabelFile(file: "\(directory)/labels.txt").corrupted(points, seed: 0)
  }

  private static let lines = FuzzedReader(
    name: "lines of texts and points",
    files: [
      ("points.csv", Array("0,1\n\n-2.5e-1, 3\r\n".utf8)),
      ("texts.txt", Array("Stocks fall\nCaf\u{e9} in the match\n".utf8)),
    ], damaged: ["points.csv", "texts.txt"], explain: place
  ) { directory in
    let file = "\(directory)/points.csv"
    _ = try InputReader(for: DatasetCatalog.twoMoons)
      .points(InputLine.lines(of: file), from: file)
    _ = try InputReader(for: DatasetCatalog.agNews)
      .texts(InputLine.lines(of: "\(directory)/texts.txt").map(\.text))
  }

  private static let inputs: FuzzedReader = {
    let files = [
      ("a.pgm", Array("P5\n# grey\n9 7\n255\n".utf8) + (0..<63).map { UInt8($0) }),
      ("b.ppm", Array("P6 5 6 255\n".utf8) + (0..<90).map { UInt8($0) }),
      ("c.jpg", (try? GoldenImages.bytes("colours-420.jpg")) ?? []),
      ("d.png", (try? GoldenImages.bytes("rgb-8.png")) ?? []),
    ]
    return FuzzedReader(
      name: "images as inputs", files: files, damaged: files.map(\.0), explain: place
    ) {
      directory in
      let images = try InputReader(for: DatasetCatalog.imageFolder)
        .images(files.map { "\(directory)/\($0.0)" })
      let loader = try BatchLoader(
        dataset: images, options: BatchOptions(batchSize: 4, shuffle: false))
      _ = try loader.batches(epoch: 0).next()
    }
  }()

  private static let folder: FuzzedReader = {
    let places = [
      ("train/a/1.jpg", "colours-420.jpg"), ("train/b/2.png", "rgb-8.png"),
      ("val/a/3.png", "palette-4.png"), ("val/b/4.jpg", "progressive.jpg"),
    ]
    let files = places.map { ($0.0, (try? GoldenImages.bytes($0.1)) ?? []) }
    return FuzzedReader(name: "image folder", files: files, explain: place) { directory in
      for limit in [0, 1 << 20] {
        let folder = try ImageFolder(
          directory: directory, options: ReadingOptions(imageSize: 8, heldBytes: limit))
        for split in DatasetSplit.allCases {
          let loader = try BatchLoader(
            dataset: folder.load(split),
            options: BatchOptions(
              batchSize: 2, preparation: Preparation(augmentation: .imageNet), workers: 2))
          let batches = loader.batches(epoch: 0)
          while try batches.next() != nil {}
        }
      }
    }
  }()

  /// What a reader of data must throw.
  private static let place: @Sendable (any Error) -> DamagePlace? = { error in
    guard let error = error as? DataError else { return nil }
    return DamagePlace(file: error.file, offset: error.offset, needsOffset: error.kind == .badData)
  }
}
