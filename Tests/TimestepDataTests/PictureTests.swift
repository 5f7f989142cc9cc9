import CZlib
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
    let picture = try samples.grid([([1, 2], 0), ([0, 3], 0)])
    // Tiles of 64 pixels with 4 between them.
    #expect(picture.width == 140 && picture.height == 140)
    for (x, y, grey) in [(4, 4, 60), (75, 67, 120), (10, 80, 0), (100, 100, 180)] {
      #expect(picture[x, y] == .init(UInt8(grey), UInt8(grey), UInt8(grey)))
    }
    #expect(picture[0, 0] == .white && picture[70, 3] == .white)
  }

  @Test func noiseIsThatOfTraining() throws {
    let samples = SamplePicture(
      of: try images(), preparation: Preparation(normalization: .fashionMNIST), seed: 3)
    let rows = try samples.grid([([1], 0), ([1], 0.5)])
    #expect(Set((4..<68).map { rows[$0, 10].red }) == [60])
    #expect(Set((4..<68).map { rows[$0, 100].red }).count > 4)
  }

  @Test func pointsHaveTheColourOfTheirClass() throws {
    let points = try PointDataset(
      name: "p", split: .train, features: 2, classNames: ["a", "b"], labels: [0, 1],
      coordinates: [0, 0, 1, 1])
    let picture = try SamplePicture(of: points, preparation: Preparation()).plot([0, 1], size: 100)
    #expect(picture[16, 84] == .palette[0] && picture[84, 16] == .palette[1])
  }
}
