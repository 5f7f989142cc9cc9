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
    #expect(try InputReader.lines(of: file) == ["one", "two"])
    let empty = try scratch.write(Array("\n \n".utf8), to: "empty.txt")
    #expect(throws: DataError.self) { try InputReader.lines(of: empty) }
    #expect(throws: DataError.self) { try InputReader.lines(of: scratch.path) }
  }

  @Test func pointsHaveTheirNumberOfNumbers() throws {
    let reader = InputReader(for: DatasetCatalog.twoMoons)
    #expect(try reader.points(["1, 2.5", "-3e-1,0"], from: "f").coordinates == [1, 2.5, -0.3, 0])
    for bad in ["1", "1,2,3", "1,x", "nan,1", "1,,2"] {
      let error = #expect(throws: DataError.self) { try reader.points(["0,0", bad], from: "f") }
      #expect(error?.problem.contains("line 2") == true && error?.file == "f")
    }
  }

  /// An image of grey and of colours, with comments in the header.
  @Test func imagesAreReadAndConverted() throws {
    let scratch = try Scratch()
    let grey = (0..<784).map { UInt8($0 % 256) }
    let pgm = try scratch.write(Array("P5\n# a comment\n28 28\n255\n".utf8) + grey, to: "a.pgm")
    let ppm = try scratch.write(
      Array("P6 28 28 255\n".utf8) + grey.flatMap { [$0, $0, $0] }, to: "a.ppm")
    let images = try InputReader(for: DatasetCatalog.fashionMNIST).images([pgm, ppm])
    #expect(images.pixels == grey + grey && images.count == 2)
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
