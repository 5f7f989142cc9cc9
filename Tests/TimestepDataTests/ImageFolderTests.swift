import Foundation
import Testing
import TimestepData

/// Image folders: listing, classes, sizes, damaged files, and the same pixels by every way.
@Suite struct ImageFolderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Copies a picture to several places.
  private func fill(_ picture: String, _ places: [String]) throws {
    for place in places { try scratch.write(try GoldenImages.bytes(picture), to: place) }
  }

  /// Two classes with pictures of 45 x 31, under names that do not tell their format.
  private func fillSmall() throws {
    try fill(
      "colours-420.jpg",
      ["train/b/2.png", "train/b/10", "train/a/\u{e9}.jpg", "val/a/x", "val/b/deep/er/y"])
    try fill("progressive.jpg", ["train/a/Z.jpg", ".hidden/x", "train/a/.hidden"])
  }

  private func descriptor(_ options: ReadingOptions = ReadingOptions()) throws -> DatasetDescriptor
  {
    try DatasetCatalog.imageFolder.resolved(directory: scratch.path, options: options)
  }

  private func folder(_ options: ReadingOptions = ReadingOptions()) throws -> ImageFolder {
    try ImageFolder(directory: scratch.path, options: options)
  }

  /// All examples as the usual preparation of a part writes them, with their labels.
  private func examples(
    _ dataset: any Dataset, _ preparation: Preparation, workers: Int? = nil, batchSize: Int = 3
  ) throws -> (values: [Float], labels: [Float]) {
    let loader = try BatchLoader(
      dataset: dataset,
      options: BatchOptions(
        batchSize: batchSize, shuffle: false, seed: 3, preparation: preparation, workers: workers))
    let batches = loader.batches(epoch: 1)
    var (values, labels): ([Float], [Float]) = ([], [])
    while let batch = try batches.next() {
      values += batch.inputs.array()
      labels += batch.targets.array()
    }
    return (values, labels)
  }

  @Test func theDirectoryDecidesOnShapeAndClasses() throws {
    try fillSmall()
    let descriptor = try descriptor()
    #expect(!descriptor.isOpen)
    #expect(descriptor.elementShape == [3, 31, 45])
    #expect(descriptor.task.names == ["a", "b"])
    #expect(descriptor.counts == (4, 2))
    #expect(descriptor.preparation.augmentation == Augmentation(padding: 3, flip: true))
    let train = try #require(try descriptor.load(split: .train) as? ImageDataset)
    // By class, then by the bytes of the names: Z before e with an accent, 10 before 2.
    let paths = try folder().train
    #expect(
      (0..<4).map { String(paths.path($0).dropFirst("\(scratch.path)/train/".count)) }
        == ["a/Z.jpg", "a/\u{e9}.jpg", "b/10", "b/2.png"])
    #expect(train.labels == [0, 0, 1, 1])
    let pictures = try ["progressive", "colours-420"].map { try GoldenImages.bytes("\($0).rgb") }
    #expect(train.pixels == pictures[0] + pictures[1] + pictures[1] + pictures[1])
    #expect((try descriptor.load(split: .test) as? ImageDataset)?.labels == [0, 1])
  }

  @Test func otherSizesFollowTheRecipeOfImageNet() throws {
    try fillSmall()
    try fill("rgb-8.png", ["train/a/small.png"])
    #expect(try descriptor().elementShape == [3, 224, 224])
    let asked = try descriptor(ReadingOptions(imageSize: 16))
    #expect(asked.elementShape == [3, 16, 16])
    #expect(asked.preparation.augmentation == .imageNet)
    #expect(asked.preparation.normalization == .imageNet)
    for size in [7, 4097] {
      let error = dataError { try descriptor(ReadingOptions(imageSize: size)) }
      #expect(error?.kind == .badConfiguration)
      #expect(error?.problem.contains("--image-size \(size)") == true)
    }
  }

  /// In memory or as they are asked for, on one thread or several: the same examples, to the bit.
  @Test(arguments: [nil, 12]) func everyWayGivesTheSameExamples(_ imageSize: Int?) throws {
    try fillSmall()
    let options = ReadingOptions(imageSize: imageSize)
    let folder = try folder(options)
    let preparation = try descriptor(options).preparation
    let held = try folder.load(.train)
    let asked = try self.folder(
      ReadingOptions(imageSize: imageSize, heldBytes: 3 * 31 * 45 * 4 - 1)
    ).load(.train)
    #expect((asked as? ImageFolderDataset)?.isHeld == false)
    #expect((held as? ImageFolderDataset)?.isHeld == (imageSize == nil ? nil : true))
    for preparation in [preparation, Preparation(normalization: .imageNet)] {
      let expected = try examples(held, preparation, workers: 1)
      #expect(expected.values.count == 4 * held.elementCount)
      for workers in [1, 3] {
        let found = try examples(asked, preparation, workers: workers)
        #expect(found.labels == expected.labels)
        if imageSize == nil || preparation.augmentation.crop != nil {
          // Decoding at half the size, where the crop allows, changes pixels a little.
          let mean =
            zip(found.values, expected.values).map { abs($0 - $1) }.reduce(0, +)
            / Float(expected.values.count)
          #expect(imageSize == nil ? found.values == expected.values : mean < 0.4)
        }
        #expect(try examples(asked, preparation).values == found.values)
      }
    }
  }

  @Test(arguments: CropRule.allCases) func rulesOfCropsNeedImagesThatAreResized(
    _ rule: CropRule
  ) throws {
    try fillSmall()
    let preparation = Preparation(augmentation: Augmentation(padding: 0, crop: rule, flip: true))
    let resized = try folder(ReadingOptions(imageSize: 12)).load(.train)
    #expect(try examples(resized, preparation).values.allSatisfy { (0...1.001).contains($0) })
    let kept = try folder().load(.train)
    #expect(dataError { try kept.makeWriter(for: preparation) }?.kind == .badConfiguration)
    let padded = Preparation(augmentation: .cifar)
    #expect(dataError { try resized.makeWriter(for: padded) }?.kind == .badConfiguration)
  }

  @Test(arguments: [Int.max, 0]) func damagedFilesAreNamedOrPassedOver(_ heldBytes: Int) throws {
    try fillSmall()
    let damaged = Array(try GoldenImages.bytes("colours-420.jpg").dropLast(100))
    let file = try scratch.write(damaged, to: "train/a/damaged.jpg")
    let size = damaged.count
    let preparation = Preparation()
    let error = dataError {
      try examples(self.folder(ReadingOptions(heldBytes: heldBytes)).load(.train), preparation)
    }
    #expect(error?.kind == .badData && error?.file == file)
    #expect(error?.offset == size)
    #expect(error?.concernsOneExample == true)

    let folder = try folder(ReadingOptions(skipsCorruptFiles: true, heldBytes: heldBytes))
    let dataset = try folder.load(.train)
    #expect(dataset.count == (heldBytes > 0 ? 4 : 5))
    for _ in 0..<2 {
      let found = try examples(dataset, preparation)
      #expect(found.labels == [0, 0, 1, 1])
      #expect(found.values.count == 4 * dataset.elementCount)
    }
    #expect(dataset.skipped?.count == 1)
    #expect(dataset.skipped?.errors.first?.file == file)
  }

  @Test func aBatchOrASetWithoutAnyImageIsAnError() throws {
    try fillSmall()
    for place in ["train/a/0", "train/a/1"] { try scratch.write([1, 2, 3], to: place) }
    let folder = try folder(ReadingOptions(skipsCorruptFiles: true))
    let asked = try self.folder(ReadingOptions(skipsCorruptFiles: true, heldBytes: 0)).load(.train)
    let error = dataError { try examples(asked, Preparation(), batchSize: 2) }
    #expect(error?.problem.contains("none of the 2 files of a batch") == true)
    for place in ["a/Z.jpg", "a/\u{e9}.jpg", "b/10", "b/2.png"] {
      try scratch.write([], to: "train/\(place)")
    }
    let none = dataError { try folder.load(.train) }
    #expect(none?.problem.contains("none of its 6 files can be read") == true)
  }

  @Test func foldersThatAreNotLikeThatAreRefused() throws {
    #expect(dataError { try descriptor() }?.kind == .notFound)
    try fill("rgb-8.png", ["train/a/1", "train/b/1"])
    #expect(dataError { try descriptor() }?.problem.contains("val") == true)
    try scratch.write([1], to: "test/unlabelled.jpg")
    #expect(dataError { try descriptor() }?.problem.contains("no directory of a class") == true)
    try fill("rgb-8.png", ["val/a/1"])
    let missing = dataError { try descriptor() }
    #expect(missing?.kind == .badData && missing?.file == "\(scratch.path)/val")
    #expect(missing?.problem.contains("'b' is missing here") == true)
    try fill("rgb-8.png", ["val/b/1"])
    #expect(try descriptor().counts == (2, 2))
    try fill("rgb-8.png", ["val/c/1"])
    #expect(dataError { try descriptor() }?.problem.contains("'c' is only here") == true)
    try fill("rgb-8.png", ["train/c/1"])
    let expected = ReadingOptions(classNames: ["a", "b"])
    #expect(dataError { try descriptor(expected) }?.problem.contains("the run was made") == true)
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/train/d", withIntermediateDirectories: false)
    #expect(dataError { try descriptor() }?.problem == "the class has no files")
  }

  @Test func oneClassIsNothingToTellApart() throws {
    try fill("rgb-8.png", ["train/only/1", "val/only/1"])
    let error = dataError { try descriptor() }
    #expect(error?.kind == .badData && error?.file == "\(scratch.path)/train")
    #expect(error?.problem.contains("one class, 'only'") == true)
  }

  /// Of `test`, `val` and `validation` the first with classes measures; the others are named, and not read.
  @Test func thePartThatMeasuresIsKnown() throws {
    try fillSmall()
    #expect(try descriptor().location?.test == "\(scratch.path)/val")
    #expect(try descriptor().location?.unused == [])
    try fill("rgb-8.png", ["test/a/1", "test/b/1"])
    try scratch.write([1], to: "validation/b/damaged")
    let location = try #require(try descriptor().location)
    #expect(location.test == "\(scratch.path)/test" && location.directory == scratch.path)
    #expect(location.unused == ["val", "validation"].map { "\(scratch.path)/\($0)" })
    #expect(try descriptor().load(split: .test).count == 2)
    let check = try DatasetCheck(descriptor())
    #expect(check.directory == scratch.path && check.unused == location.unused)
    #expect(check.parts.map(\.directory) == [location.train, location.test])
  }

  /// A run on a folder that is gone still knows how inputs are prepared.
  @Test(arguments: [false, true]) func aFolderThatIsGoneResizesAsBefore(resizes: Bool) throws {
    let gone = try descriptor(
      ReadingOptions(imageSize: 16, classNames: ["a", "b"], resizesMissing: resizes))
    #expect(gone.resizesImages == resizes && gone.elementShape == [3, 16, 16])
    #expect((gone.preparation.augmentation.padding > 0) == !resizes)
  }

  /// Links to nowhere and in circles, names that are not text.
  @Test func strangeEntriesAreRefusedWithTheirNames() throws {
    try fillSmall()
    let link = "\(scratch.path)/train/a/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere/at/all")
    let dangling = dataError { try descriptor().load(split: .train) }
    #expect(dangling?.file == link)
    try FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "..")
    let circle = dataError { try descriptor() }
    #expect(circle?.file == link && circle?.problem.contains("link to a directory") == true)
    try FileManager.default.removeItem(atPath: link)
    let name: [CChar] = Array("\(scratch.path)/train/a/".utf8CString.dropLast()) + [-1, -2, 0]
    close(creat(name, 0o600))
    let error = dataError { try descriptor() }
    #expect(error?.problem == "the name is not UTF-8")
    unlink(name)
  }

  @Test func setsOfFixedShapeHaveNoSuchOptions() throws {
    for options in [
      ReadingOptions(imageSize: 32), ReadingOptions(skipsCorruptFiles: true),
      ReadingOptions(classNames: ["a"]),
    ] {
      let error = dataError { try DatasetCatalog.cifar10.resolved(options: options) }
      #expect(error?.kind == .badConfiguration)
      #expect(error?.remedy?.contains("image-folder") == true)
    }
    #expect(try DatasetCatalog.cifar10.resolved().elementShape == [3, 32, 32])
  }
}
