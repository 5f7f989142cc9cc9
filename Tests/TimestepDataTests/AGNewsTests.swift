import Testing
import TimestepData

/// AG-NEWS as CSV files, good, incomplete and damaged.
@Suite struct AGNewsTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func load(_ split: DatasetSplit = .train, _ news: AGNews = AGNews()) throws -> TextDataset
  {
    try news.load(split: split, directory: scratch.path)
  }

  private func numbers(_ text: String) -> [UInt8] { TextAlphabet.reference.numbers(of: text) }

  @Test func titleAndDescriptionAreJoined() throws {
    let csv = "\"3\",\"Up\",\"By \"\"2\"\"%\"\r\n\"1\",\"\",\"\"\r\n4,a,\"b\\c\r\nd\"\r\n"
    try scratch.write(Array(csv.utf8), to: "train.csv")
    let news = try load()
    #expect(news.name == "ag-news")
    #expect(news.elementShape == [1024])
    #expect(news.labels.map { news.classNames[Int($0)] } == ["Business", "World", "Sci/Tech"])
    #expect(Array(news[0]) == [21, 16, 67, 2, 25, 67, 45, 29, 45, 51, 67])
    #expect(Array(news[1]) == [67, 67])
    #expect(Array(news[2]) == [1, 67, 2, 68, 3, 69, 4, 67])
  }

  @Test func longTextsAreCut() throws {
    let title = String(repeating: "ab", count: 511) + "c"
    let csv = "1,\(title),tail\n2,\(title)de,tail\n3,\(title),\n1,x,y\n"
    try scratch.write(Array(csv.utf8), to: "train.csv")
    let news = try load()
    #expect(Array(news[0]) == numbers(title + " "))
    #expect(Array(news[1]) == numbers(title + "d"))
    #expect(Array(news[2]) == numbers(title + " "))
    #expect(Array(news[3]) == numbers("x y "))
    let short = try load(.train, AGNews(length: 2))
    #expect(short.elementShape == [2])
    #expect(Array(short[3]) == numbers("x "))
    for length in [0, 1_000_001] {
      let error = dataError { try load(.train, AGNews(length: length)) }
      #expect(error?.kind == .badConfiguration)
    }
  }

  @Test func theAlphabetCanBeChosen() throws {
    try scratch.write(Array("1,it's,\n".utf8), to: "test.csv")
    #expect(try Array(load(.test)[0]) == [9, 20, 69, 19, 67, 67])
    #expect(try Array(load(.test, AGNews(alphabet: .ascii))[0]) == [9, 20, 44, 19, 67, 67])
  }

  /// Texts in another encoding are read: what is no UTF-8 is unknown, and everything around it is as it was.
  @Test func whatIsNoUTF8IsUnknown() throws {
    try scratch.write(
      Array("1,caf".utf8) + [0xe9] + Array(" x,".utf8) + [0xff, 0x61] + Array("\n".utf8),
      to: "train.csv")
    let unknown = TextAlphabet.unknown
    #expect(
      try Array(load()[0]) == numbers("caf") + [unknown] + numbers(" x ") + [unknown]
        + numbers("a "))
  }

  @Test(arguments: ["", "ag_news_csv/", "ag-news/", "ag-news/ag_news_csv/"])
  func everyLayoutIsFound(folder: String) throws {
    let (train, test) = (Array("1,a,b\n".utf8), Array("2,a,b\n3,a,b\n".utf8))
    try scratch.write(train, to: "\(folder)train.csv")
    try scratch.write(gzip(test), to: "\(folder)test.csv.gz")
    let descriptor = DatasetCatalog.agNews
    #expect(try classLabels(descriptor.load(split: .train, directory: scratch.path)) == [0])
    #expect(try classLabels(descriptor.load(split: .test, directory: scratch.path)) == [1, 2])
  }

  @Test func whatIsMissingIsNamed() throws {
    let neither = dataError { try load(.test) }
    #expect(neither?.kind == .notFound)
    #expect(neither?.file == "\(scratch.path)/test.csv")
    #expect(neither?.problem == "neither this file nor train.csv is there")
    #expect(neither?.remedy?.contains("--data DIR") == true)
    let train = try scratch.write([1], to: "ag_news_csv/train.csv")
    let one = dataError { try load(.test) }
    #expect(one?.problem == "neither this file nor test.csv.gz is there, only \(train)")
  }

  @Test(
    arguments: [
      ("", 0, "the file holds no records"),
      ("\r\n\n", 0, "the file holds no records"),
      (
        "1,a,b\n2,a\n", 6, "the record in line 2 has 2 columns, not the 3 class, title, description"
      ),
      ("1,\"a\nb\",c\n\n2,a,b,c\n", 11, "the record in line 4 has 4 columns"),
      ("1,a,b\n0,a,b\n", 6, "the class in line 2 is 0, and classes are 1 to 4"),
      ("5,a,b\n", 0, "the class in line 1 is 5, and classes are 1 to 4"),
      ("1,a,b\nWorld,a,b\n", 6, "the class 'World' in line 2 is not a number"),
      ("1,a,b\n\u{1b}[0m,a,b\n", 6, "the class '\\u{1B}[0m' in line 2 is not a number"),
      ("1,a,b\n,a,b\n", 6, "the class '' in line 2 is not a number"),
      ("99999999999,a,b\n", 0, "the class '99999999999' in line 1 is not a number"),
      (
        "Class Index,Title,Description\n", 0,
        "the official files have no line with names of columns"
      ),
      ("1,a,\"b\n2,a,b\n", 0, "the quote that opens a field in line 1 is never closed"),
    ] as [(String, Int, String)])
  func damage(csv: String, offset: Int, problem: String) throws {
    let file = try scratch.write(Array(csv.utf8), to: "train.csv")
    let error = dataError { try load() }
    #expect(error?.kind == .badData)
    #expect(error?.file == file)
    #expect(error?.offset == offset)
    #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    #expect(error?.remedy?.contains("ag_news_csv.tar.gz") == true)
  }

  @Test func aDirectoryInPlaceOfAFileIsRefused() throws {
    try scratch.write([1], to: "train.csv/x")
    #expect(dataError { try load() }?.kind == .badData)
  }

  /// As many records of the usual size as the whole set has: a reader whose work grew with the square of the file
  /// would not end.
  @Test func aWholeSetIsRead() throws {
    let title = "\"Fears for T N pension after talks\""
    let text = String(repeating: "unions \"\"representing\"\" workers at Turner, ", count: 5)
    let records = (1...4).map { "\"\($0)\",\(title),\"\(text)\"\n" }.joined()
    var bytes: [UInt8] = []
    for _ in 0..<30_000 { bytes += records.utf8 }
    try scratch.write(bytes, to: "train.csv")
    let news = try load()
    #expect(news.count == 120_000)
    #expect(news.labels.reduce(0, +) == 180_000)
    let expected = numbers(
      "fears for t n pension after talks "
        + text.replacing("\"\"", with: "\"") + " ")
    #expect(Array(news[0]) == expected && Array(news[119_999]) == expected)
    #expect(news.characters.count == 120_000 * expected.count)
  }
}
