import Foundation
import Timestep

/// What reads the input of the fuzzer, and the file or directory that the input becomes.
struct Reader: Sendable {
  /// The value of `TIMESTEP_FUZZ_READER`.
  let name: String
  /// Where the input is written, below a directory of the process.
  let place: String
  /// Where the directory holds other files, copies of these below `TIMESTEP_FUZZ_FILES`.
  var others: [String: String] = [:]
  /// Reads everything in the directory.
  let read: @Sendable (_ directory: String) throws -> Void

  /// All of them.
  static let all: [Reader] = [
    Reader(name: "safetensors", place: "a.safetensors") {
      let file = try SafetensorsFile(URL(fileURLWithPath: "\($0)/a.safetensors"))
      for entry in file.entries { _ = try file.tensor(entry) }
    },
    Reader(name: "configuration", place: "a.yaml") {
      let options = try ConfigurationFile.read(URL(fileURLWithPath: "\($0)/a.yaml"))
      _ = try RunConfiguration(resolving: options)
    },
    Reader(name: "manifest", place: "step-00000001/manifest.json") {
      let (newest, damaged) = CheckpointDirectory(URL(fileURLWithPath: $0)).newest()
      if let first = damaged.first { throw first }
      _ = try newest?.state()
    },
    Reader(
      name: "idx", place: "train-images-idx3-ubyte",
      others: ["train-labels-idx1-ubyte": "labels.idx"]
    ) { _ = try DatasetCatalog.mnist.load(split: .train, directory: $0) },
    Reader(name: "cifar", place: "test_batch.bin") {
      _ = try DatasetCatalog.cifar10.load(split: .test, directory: $0)
    },
    Reader(name: "csv", place: "train.csv") {
      _ = try DatasetCatalog.agNews.load(split: .train, directory: $0)
    },
    images("jpeg", "jpg"), images("png", "png"),
  ]

  private static func images(_ name: String, _ ending: String) -> Reader {
    Reader(
      name: name, place: "train/a/1.\(ending)",
      others: [
        "train/b/1.png": "valid.png", "val/a/1.png": "valid.png", "val/b/1.png": "valid.png",
      ]
    ) { directory in
      let set = try DatasetCatalog.imageFolder.resolved(
        directory: directory, options: ReadingOptions(imageSize: 8)
      ).load(split: .train, directory: directory)
      let batches = try BatchLoader(dataset: set, options: BatchOptions(batchSize: 2))
        .batches(epoch: 0)
      while try batches.next() != nil {}
    }
  }
}
