import CZlib
import Foundation
import FoundationXML
import Testing
import TimestepData

/// Pictures as PNG files, and what is on them.
@Suite struct PictureTests {
  /// The pixels of a PNG file of this package, after checking every chunk's sum.
  private func decoded(_ png: [UInt8]) throws -> (width: Int, height: Int, bytes: [UInt8]) {
    #expect(png.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(png[place + $1]) } }
    var (place, data, types) = (8, [UInt8](), [String]())
    var (width, height) = (0, 0)
    while place < png.count {
      let length = number(place)
      let body = Array(png[(place + 4)..<(place + 8 + length)])
      #expect(Int(crc32(0, body, UInt32(body.count))) == number(place + 8 + length))
      types.append(String(decoding: body.prefix(4), as: UTF8.self))
      if types.last == "IHDR" { (width, height) = (number(place + 8), number(place + 12)) }
      if types.last == "IDAT" { data += body.dropFirst(4) }
      place += 12 + length
    }
    #expect(types == ["IHDR", "IDAT", "IEND"])
    var rows = [UInt8](repeating: 0, count: height * (3 * width + 1))
    var size = UInt(rows.count)
    #expect(uncompress(&rows, &size, data, UInt(data.count)) == Z_OK)
    try #require(Int(size) == rows.count)
    var bytes: [UInt8] = []
    for row in 0..<height {
      let start = row * (3 * width + 1)
      for column in 0..<(3 * width) {
        let above = rows[start] == 2 ? bytes[(row - 1) * 3 * width + column] : 0
        bytes.append(rows[start + 1 + column] &+ above)
      }
    }
    return (width, height, bytes)
  }

  @Test(arguments: [(1, 1), (7, 3), (300, 200)]) func pngHoldsThePixels(width: Int, height: Int)
    throws
  {
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        picture[x, y] = .init(UInt8(x % 256), UInt8(y % 256), UInt8((x * y) % 256))
      }
    }
    let result = try decoded(picture.png())
    #expect(result.width == width && result.height == height && result.bytes == picture.bytes)
  }

  @Test func drawingOutsideIsNoError() {
    var picture = Picture(width: 4, height: 4)
    picture.fill(x: -5, y: 3, width: 100, height: 100, .palette[0])
    picture.disc(x: 0, y: 0, radius: 2, .palette[1])
    #expect(picture[0, 3] == .palette[0] && picture[1, 1] == .palette[1])
    #expect(picture[3, 0] == .white && picture[9, 9] == .white)
  }

  private func images() throws -> ImageDataset {
    try ImageDataset(
      name: "small", split: .train, height: 16, width: 16, channels: 1, classNames: ["a", "b"],
      labels: [1, 0, 0, 1], pixels: (0..<4).flatMap { [UInt8](repeating: 60 * $0, count: 256) })
  }

  /// The normalisation is undone: colours are those of the bytes.
  @Test func aGridShowsTheFirstExamplesOfEachClass() throws {
    let samples = SamplePicture(
      of: try images(), preparation: Preparation(normalization: .fashionMNIST))
    #expect(samples.examples(perClass: 1) == [[1], [0]])
    #expect(samples.examples(perClass: 5) == [[1, 2], [0, 3]])
    let sheet = try samples.classes(perClass: 2)
    #expect(sheet.rows.map(\.title) == ["a", "b"] && sheet.title == "small, train part")
    let picture = sheet.picture()
    // Tiles of 64 pixels with 4 between them.
    #expect(picture.width == 140 && picture.height == 140)
    for (x, y, grey) in [(4, 4, 60), (75, 67, 120), (10, 80, 0), (100, 100, 180)] {
      #expect(picture[x, y] == .init(UInt8(grey), UInt8(grey), UInt8(grey)))
    }
    #expect(picture[0, 0] == .white && picture[70, 3] == .white)
  }

  /// A row for each image, a column for each level, for as many classes as there are.
  @Test func noiseIsThatOfTraining() throws {
    let samples = SamplePicture(
      of: try images(), preparation: Preparation(normalization: .fashionMNIST), seed: 3)
    let sheet = try samples.levels([0, 0.5], perClass: 1)
    #expect(sheet.rows.map(\.title) == ["a", "b"] && sheet.columns == ["noise 0.0", "noise 0.5"])
    let picture = sheet.picture()
    #expect(Set((4..<68).map { picture[10, $0].red }) == [60])
    #expect(Set((4..<68).map { picture[100, $0].red }).count > 4)
    let many = try ImageDataset(
      name: "many", split: .train, height: 1, width: 1, channels: 1,
      classNames: (0..<130).map { "c\($0)" }, labels: (0..<130).map { $0 },
      pixels: [UInt8](repeating: 0, count: 130))
    let all = try SamplePicture(of: many, preparation: Preparation()).levels([0], perClass: 1)
    #expect(all.rows.map(\.title) == many.classNames)
  }

  @Test func pointsHaveTheColourOfTheirClass() throws {
    let points = try PointDataset(
      name: "p", split: .train, features: 2, classNames: ["a", "b"], labels: [0, 1],
      coordinates: [0, 0, 1, 1])
    let plot = try SamplePicture(of: points, preparation: Preparation()).plot([0, 1])
    let picture = plot.picture(size: 100)
    #expect(picture[16, 84] == .palette[0] && picture[84, 16] == .palette[1])
    #expect(plot.legend.map(\.meaning) == ["a", "b"])
    let svg = plot.svg()
    #expect(try elements(of: svg, "circle").count == 2)
    #expect(
      try elements(of: svg, "text").map(\.text) == [
        "p, train part", "0.00", "0.50", "1.00", "0.00", "0.50", "1.00", "a", "b",
      ])
  }

  /// The elements of a kind in an SVG file, which is checked to be XML.
  private func elements(
    of svg: String, _ name: String
  ) throws -> [(text: String, attributes: [String: String])] {
    let reader = ElementReader(name)
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return reader.found
  }

  /// Names of classes, levels and title are in the file, and so is the picture; names that are no XML do no harm.
  @Test func anSVGHoldsPicturesAndTheirNames() throws {
    let names = ["<b> & \"c\" \u{7}", "caf\u{e9}"]
    let images = try ImageDataset(
      name: "small", split: .test, height: 16, width: 16, channels: 1, classNames: names,
      labels: [0, 1], pixels: [UInt8](repeating: 60, count: 512))
    let samples = SamplePicture(of: images, title: "Small", preparation: Preparation())
    let sheet = try samples.levels([0, 0.3], perClass: 1)
    let svg = try sheet.svg()
    #expect(
      try elements(of: svg, "text").map(\.text) == [
        "Small, test part with noise on its pixels", "noise 0.0", "noise 0.3",
        "<b> & \"c\" \u{fffd}", "caf\u{e9}",
      ])
    let image = try #require(try elements(of: svg, "image").first).attributes
    let data = try #require(
      Data(
        base64Encoded: String(image["xlink:href"]?.dropFirst("data:image/png;base64,".count) ?? ""))
    )
    let decoded = try decoded([UInt8](data))
    #expect(decoded.bytes == sheet.picture().bytes)
    #expect(image["width"] == "\(decoded.width)" && image["height"] == "\(decoded.height)")
  }
}

/// Collects the elements of one name.
private final class ElementReader: NSObject, XMLParserDelegate {
  private let name: String
  private(set) var found: [(text: String, attributes: [String: String])] = []
  private var isInside = false

  init(_ name: String) { self.name = name }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    isInside = element == name
    if isInside { found.append(("", attributes)) }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if isInside { found[found.count - 1].text += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
    qualifiedName: String?
  ) { isInside = false }
}
