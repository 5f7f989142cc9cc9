import Testing
import TimestepData

/// Inputs of one's own: texts, points and images.
@Suite struct InputReaderTests {
  @Test func textsAreCutAndNumbered() throws {
    let reader = InputReader(for: DatasetCatalog.agNews)
    let texts = try reader.texts(["ab!", "", String(repeating: "z", count: 3000)])
    #expect(Array(texts[0]) == [1, 2, 41] && texts[1].isEmpty && texts[2].count == 1024)
    #expect(TextAlphabet.text(of: texts[0]) == "ab!")
    let ascii = try DatasetCatalog.dataset(named: "ag-news:alphabet=ascii,length=3")
    let short = try InputReader(for: ascii).texts(["a'b cd"])
    #expect(ascii.elementShape == [3] && Array(short[0]) == [1, 44, 2])
    #expect(try Array(reader.texts(["a'b"])[0]) == [1, 69, 2])
  }

  @Test func linesAreThoseThatHoldSomething() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Array("one\r\n\n  \ntwo".utf8), to: "texts.txt")
    let lines = try InputLine.lines(of: file)
    #expect(lines.map(\.text) == ["one", "two"])
    #expect(lines.map(\.number) == [1, 4] && lines.map(\.offset) == [0, 9])
    #expect(throws: DataError.self) { try InputLine.lines(of: scratch.path) }
  }

  @Test(arguments: [
    ("\n \n", 3, "holds no text"), ("", 0, "holds no text"), ("ab\0c", 2, "a zero"),
  ])
  func textsThatAreNone(text: String, offset: Int, says: String) throws {
    let error = dataError { try InputLine.lines(of: Array(text.utf8), from: "f") }
    #expect(error?.offset == offset && error?.description.contains(says) == true)
  }

  @Test func theFirstByteThatIsNoTextIsNamed() throws {
    for (bytes, offset) in [
      ([0x61, 0xff], 1), ([0xc3, 0xa9, 0xed, 0xa0, 0x80], 2), ([0xe2, 0x82], 0),
    ] as [([UInt8], Int)] {
      #expect(dataError { try InputLine.lines(of: bytes, from: "f") }?.offset == offset)
    }
  }

  @Test func pointsHaveTheirNumberOfNumbers() throws {
    let reader = InputReader(for: DatasetCatalog.twoMoons)
    func points(_ text: String) throws -> PointDataset {
      try reader.points(InputLine.lines(of: Array(text.utf8), from: "f"), from: "f")
    }
    #expect(try points("1, 2.5\n-3e-1,0\n").coordinates == [1, 2.5, -0.3, 0])
    for bad in ["1", "1,2,3", "1,x", "nan,1", "1,,2", "\u{1b}[31m"] {
      let error = dataError { try points("0,0\n\n\(bad)") }
      #expect(error?.problem.contains("line 3") == true && error?.file == "f")
      #expect(error?.offset == 5 && error?.problem.contains("\u{1b}") == false)
    }
  }

  /// An image of grey and of colours, with comments in the header.
  @Test func imagesAreReadAndConverted() throws {
    let scratch = try Scratch()
    let grey = (0..<784).map { UInt8($0 % 256) }
    let pgm = try scratch.write(Array("P5\n# a comment\n28 28\n255\n".utf8) + grey, to: "a.pgm")
    let ppm = try scratch.write(
      Array("P6 28 28 255\n".utf8) + grey.flatMap { [$0, $0, $0] }, to: "a.ppm")
    let images = try #require(
      try InputReader(for: DatasetCatalog.fashionMNIST).images([pgm, ppm]) as? ImageDataset)
    #expect(images.pixels == grey + grey && images.count == 2)
  }

  /// The examples that a data set's writer makes for an evaluation.
  private func examples(_ dataset: any Dataset) throws -> [Float] {
    let loader = try BatchLoader(
      dataset: dataset,
      options: BatchOptions(
        batchSize: dataset.count, shuffle: false,
        preparation: Preparation(normalization: .imageNet)))
    return try #require(try loader.batches(epoch: 0).next()).inputs.array()
  }

  /// Files of a folder, read as inputs, are what its test part is in an evaluation, to the bit: also those that have
  /// the size of the examples, which are enlarged and cut like all others.
  @Test(arguments: [false, true]) func inputsArePreparedAsInAnEvaluation(mixed: Bool) throws {
    let scratch = try Scratch()
    let (own, other) = ("colours-420.jpg", mixed ? "rgb-8.png" : "colours-420.jpg")
    for (place, picture) in [
      ("train/a/1", own), ("train/b/1", other), ("val/a/1", own), ("val/b/1", other),
    ] { try scratch.write(try GoldenImages.bytes(picture), to: place) }
    // Pictures of 31 x 45: kept where all are like that, cut to squares of 31 with another size beside them.
    let options = ReadingOptions(imageSize: mixed ? 31 : nil)
    let folder = try DatasetCatalog.imageFolder.resolved(directory: scratch.path, options: options)
    #expect(folder.resizesImages == mixed)
    let square = try scratch.write(
      Array("P6 31 31 255\n".utf8) + (0..<2883).map { UInt8($0 % 199) }, to: "square.ppm")
    let files = ["a", "b"].map { "\(scratch.path)/val/\($0)/1" }
    let reader = InputReader(for: folder)
    #expect(try examples(reader.images(files)) == examples(folder.load(split: .test)))
    guard mixed else { return }
    let images = try examples(reader.images([square]))
    let bytes = (0..<2883).map { (Float($0 % 199) / 255 - 0.45) / 0.23 }
    #expect(zip(images, bytes).contains { abs($0 - $1) > 0.5 }, "it is enlarged and cut")
  }

  @Test(arguments: [
    ("P4\n28 28\n", "neither JPEG nor PNG"), ("P5\n28 x\n255\n", "height"),
    ("P5\n0 28\n255\n", "width"),
    ("P5\n28 28\n65535\n", "largest value"), ("P5\n28 28\n255\nabc", "cut short"), ("", "empty"),
    ("P5\n99999999999999999999 28\n255\n", "width"), ("P5\n60000 60000\n255\n", "cut short"),
    ("P5\n32 28\n255\n" + String(repeating: "a", count: 896), "28 x 32 pixels"),
  ])
  func imagesThatDoNotFit(text: String, says: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Array(text.utf8), to: "a.pgm")
    let error = #expect(throws: DataError.self) {
      try InputReader(for: DatasetCatalog.fashionMNIST).images([file])
    }
    #expect(error?.file == file && error?.description.contains(says) == true)
  }
}
