import Testing
import TimestepData

/// IDX files and the image sets made of them.
@Suite struct IDXTests {
  let scratch: Scratch
  let images = idx([2, 28, 28], (0..<1568).map { UInt8(truncatingIfNeeded: $0) })
  let labels = idx([2], [9, 0])

  init() throws { scratch = try Scratch() }

  private func file(_ bytes: [UInt8], dimensions: Int = 2) throws -> IDXFile {
    try IDXFile(path: scratch.write(bytes, to: "idx"), dimensions: dimensions)
  }

  private func load(_ images: [UInt8], _ labels: [UInt8]) throws -> any Dataset {
    try scratch.write(images, to: "train-images-idx3-ubyte")
    try scratch.write(gzip(labels), to: "train-labels-idx1-ubyte.gz")
    return try DatasetCatalog.fashionMNIST.load(split: .train, directory: scratch.path)
  }

  @Test func elementsAndShapeAreRead() throws {
    let read = try file(idx([2, 3], [1, 2, 3, 4, 5, 6]))
    #expect(read.shape == [2, 3])
    #expect(read.bytes == [1, 2, 3, 4, 5, 6])
    #expect(read.dataOffset == 12)
    #expect(try file(gzip(idx([2, 3], [1, 2, 3, 4, 5, 6]))).bytes == read.bytes)
    #expect(try file(idx([0, 3], [])).bytes == [])
  }

  @Test func everyTruncationIsNoticed() throws {
    let whole = idx([2, 3], [1, 2, 3, 4, 5, 6])
    for length in 0..<whole.count {
      let error = dataError { try file(Array(whole[..<length])) }
      #expect(error?.kind == .badData)
      #expect(error?.problem.contains("cut short") == true, "cut to \(length)")
      #expect(error?.offset == (length < 4 ? 0 : length < 12 ? 4 : 12))
    }
  }

  @Test func wrongHeadersAreNoticedAtTheirOffset() throws {
    let cases: [(bytes: [UInt8], offset: Int, problem: String)] = [
      (Array("PK\u{3}\u{4}....".utf8), 0, "not an IDX file: it begins with the bytes 50 4b 03 04"),
      (idx([2, 3], [1, 2, 3, 4, 5, 6], type: 0x0d), 2, "type is 0xd"),
      (idx([6], [1, 2, 3, 4, 5, 6]), 3, "1 dimensions, not 2"),
      (idx([2, 3], [1, 2, 3, 4, 5, 6, 7]), 18, "more bytes follow"),
      (idx([0xffff_ffff, 0xffff_ffff], [1]), 8, "memory"),
      (idx([0xffff_ffff, 0x7fff_ffff], [1]), 12, "cut short"),
    ]
    for (bytes, offset, problem) in cases {
      for bytes in [bytes, gzip(bytes)] {
        let error = dataError { try file(bytes) }
        #expect(error?.kind == .badData)
        #expect(error?.offset == offset, "\(problem)")
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
      }
    }
  }

  /// A file of some kilobytes that decompresses to far more than its header announces.
  @Test func aBombIsLeftAfterWhatTheHeaderAnnounces() throws {
    let bomb = gzip(idx([2, 3], [UInt8](repeating: 0, count: 50_000_000)))
    let error = dataError { try file(bomb) }
    #expect(error?.problem.contains("more bytes follow") == true)
    #expect(error?.offset == 18)
  }

  @Test func imagesAndLabelsAreLoaded() throws {
    let dataset = try load(images, labels)
    #expect(dataset.name == "fashion-mnist")
    #expect(dataset.count == 2)
    #expect(dataset.elementShape == [1, 28, 28])
    #expect(
      try classLabels(dataset).map { dataset.task.classNames[Int($0)] } == [
        "ankle boot", "t-shirt",
      ])
    let pixels = try #require(dataset as? ImageDataset).pixels
    #expect(pixels == Array(images[16...]))
  }

  @Test func setsThatDoNotFitTogetherAreRefused() throws {
    let cases: [(images: [UInt8], labels: [UInt8], offset: Int, problem: String)] = [
      (images, idx([3], [1, 2, 3]), 4, "3 labels for 2 images"),
      (images, idx([2], [1, 10]), 9, "image 1 has label 10"),
      (idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), labels, 8, "2 x 2 pixels, not 28 x 28"),
      (idx([0, 28, 28], []), idx([0], []), 4, "no images"),
      (labels, labels, 3, "1 dimensions, not 3"),
    ]
    for (images, labels, offset, problem) in cases {
      let error = dataError { try load(images, labels) }
      #expect(error?.kind == .badData)
      #expect(error?.offset == offset)
      #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
      #expect(error?.remedy?.contains("make data") == true)
      #expect(error?.file?.contains("train-") == true)
    }
  }

  @Test func aMissingFileIsNamed() throws {
    let error = dataError {
      try DatasetCatalog.mnist.load(split: .test, directory: scratch.path)
    }
    #expect(error?.kind == .notFound)
    #expect(error?.file == "\(scratch.path)/t10k-images-idx3-ubyte")
  }
}
