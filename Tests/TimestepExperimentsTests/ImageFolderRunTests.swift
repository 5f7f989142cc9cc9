import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepExperiments
import TimestepNetworks

@Suite("Runs on image folders, and the choices about images")
struct ImageFolderRunTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A ResNet-8 on the folder `images`.
  private func options(_ yaml: String = "") throws -> RunOptions {
    try ConfigurationFile.parse(yaml, from: "test").over(
      ConfigurationFile.parse(
        """
        {network: resnet-8, widths: [4, 4, 4], dataset: image-folder,
        data: '\(scratch.path("images"))', epochs: 2, batch-size: 8, threads: 1, seed: 1}
        """, from: "basic"))
  }

  @Test("The folder decides on shape and classes, and the run remembers them without it")
  func remembered() throws {
    try SmallImageFolder.write(to: "images", of: scratch)
    let (directory, summary) = try train(options("learning-rate: 0.05"), into: "run", of: scratch)
    #expect(summary.status == .completed && summary.finalTestAccuracy != nil)
    #expect(summary.skippedFiles == nil)
    let saved = try directory.readConfiguration()
    #expect(saved.options.imageSize == 12 && saved.options.classNames == ["blue", "red"])
    #expect(saved.dataset.counts == (32, 8))
    try FileManager.default.removeItem(atPath: scratch.path("images"))
    let without = try SavedRun(directory)
    #expect(without.configuration.task.inputShape == [3, 12, 12])
    let error = #expect(throws: DataError.self) { try without.evaluate(.test) }
    #expect(error?.kind == .notFound)
  }

  @Test(
    "Predictions of a folder's files are what an evaluation says of them",
    arguments: ["{image-size: 12, data-normalization: measured}", "data-normalization: none"])
  func predictions(_ yaml: String) throws {
    try SmallImageFolder.write(to: "images", of: scratch)
    // With a picture of another size beside them, those of 12 x 12 are cut like all others.
    try SmallImageFolder.write(to: "large", of: scratch, side: 20, train: 1, test: 1)
    if yaml.contains("image-size") {
      try FileManager.default.copyItem(
        atPath: scratch.path("large/val/red/0.png"), toPath: scratch.path("images/val/red/z.png"))
    }
    let (directory, _) = try train(
      options(yaml).over(options("{epochs: 1, learning-rate: 0.05}")), into: "run", of: scratch)
    let run = try SavedRun(directory)
    #expect(run.configuration.dataset.resizesImages == yaml.contains("image-size"))
    let (_, logits, shape) = try #require(try run.evaluate(.test))
    let files = ["blue", "red"].flatMap { name in
      scratch.names(in: "images/val/\(name)").map { scratch.path("images/val/\(name)/\($0)") }
    }
    #expect(shape == [files.count, 2])
    let inputs = try InputReader(for: run.configuration.dataset).images(files)
    for (index, prediction) in try run.predict(inputs, names: files).enumerated() {
      let blue = try #require(prediction.entries.first { $0.name == "blue" }?.probability)
      let expected = 1 / (1 + exp(Double(logits[2 * index + 1] - logits[2 * index])))
      #expect(abs(blue - expected) < 1e-6, "\(prediction.input)")
    }
  }

  @Test("Damaged files end a run, or are counted and named")
  func damaged() throws {
    try SmallImageFolder.write(to: "images", of: scratch)
    let file = scratch.path("images/train/red/3.png")
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: file))
    let error = #expect(throws: DataError.self) { try train(options(), into: "a", of: scratch) }
    #expect(error?.file == file)
    let (directory, summary) = try train(
      options("{skip-corrupt: true, image-size: 16}"), into: "b", of: scratch)
    #expect(summary.skippedFiles == 1)
    let names = try String(contentsOf: directory.skippedFiles, encoding: .utf8)
    #expect(names.hasPrefix("\(file): neither JPEG nor PNG"))
  }

  @Test("Choices about images reach the preparation, and those that make no sense are refused")
  func choices() throws {
    try SmallImageFolder.write(to: "images", of: scratch)
    func preparation(_ yaml: String) throws -> Preparation {
      try RunConfiguration(resolving: options(yaml)).makeLoader(.train, forTraining: true).options
        .preparation
    }
    #expect(try preparation("{}").augmentation == Augmentation(padding: 1, flip: true))
    #expect(try preparation("padding: reflect").augmentation.paddingMode == .reflect)
    #expect(try preparation("{image-size: 16, crop: short-side}").augmentation.crop == .shortSide)
    #expect(try preparation("augmentation: false").augmentation == .none)
    #expect(try preparation("data-normalization: none").normalization == nil)
    let measured = try preparation("data-normalization: measured")
    #expect(measured.normalization != .imageNet && measured.normalization?.mean.count == 3)
    let configuration = try RunConfiguration(resolving: options("data-normalization: measured"))
    let test = try configuration.makeLoader(.test, forTraining: false).options.preparation
    #expect(test.normalization == measured.normalization && test.augmentation == .none)

    for (yaml, option) in [
      ("crop: short-side", "crop"), ("{image-size: 16, padding: zero}", "padding"),
    ] {
      let error = #expect(throws: OptionError.self) {
        try RunConfiguration(resolving: options(yaml))
      }
      #expect(error?.option == option)
    }
    for yaml in ["image-size: 16", "skip-corrupt: true", "class-names: [a]"] {
      let named = try ConfigurationFile.parse("{dataset: cifar-10, \(yaml)}", from: "test")
      #expect(throws: DataError.self) {
        try RunConfiguration(resolving: named.over(options()))
      }
    }
    let points = try ConfigurationFile.parse(
      "{network: dense-5, data-normalization: measured}", from: "test")
    #expect(throws: OptionError.self) { try RunConfiguration(resolving: points) }
  }
}
