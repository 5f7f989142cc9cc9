import Testing
import TimestepData

/// PNG and JPEG against Pillow, and damaged files.
@Suite struct ImageFileTests {
  @Test(arguments: GoldenImages.names(".png"))
  func pngPixelsArePillows(_ name: String) throws {
    let image = try ImageFile(path: GoldenImages.path("\(name).png")).decode()
    guard name != "resize" else { return }
    #expect(image.size == ImageSize(height: 17, width: 23))
    #expect(try image.pixels == GoldenImages.bytes("\(name).rgb"))
  }

  /// `turned` has an orientation tag, which is not applied.
  @Test(arguments: GoldenImages.names(".jpg"))
  func jpegPixelsArePillows(_ name: String) throws {
    let file = try ImageFile(path: GoldenImages.path("\(name).jpg"))
    #expect(file.size == ImageSize(height: 31, width: 45))
    #expect(try file.decode().pixels == GoldenImages.bytes("\(name).rgb"))
    let half = try file.decode(reducedBy: 2)
    #expect(half.size == ImageSize(height: 16, width: 23))
    if name != "cmyk" { #expect(try half.pixels == GoldenImages.bytes("\(name)@2.rgb")) }
    #expect(try file.decode(reducedBy: 8).size == ImageSize(height: 4, width: 6))
  }

  /// Every prefix of a file is refused with its name and an offset within it.
  @Test(arguments: [
    "rgb-8.png", "rgb-8-interlaced.png", "colours-420.jpg", "progressive.jpg", "cmyk.jpg",
  ])
  func everyTruncationIsNoticed(_ name: String) throws {
    let whole = try GoldenImages.bytes(name)
    for length in 0..<whole.count {
      let error = dataError { try ImageFile(path: name, bytes: Array(whole[..<length])).decode() }
      // The two bytes that end a JPEG file carry nothing, but it is cut all the same.
      #expect(error?.kind == .badData, "\(length) of \(whole.count)")
      #expect(error?.file == name)
      #expect(error?.offset.map { (0...length).contains($0) } == true)
    }
  }

  @Test func hostileHeadersTakeNoMemory() throws {
    var png = try GoldenImages.bytes("rgb-8.png")
    var jpeg = try GoldenImages.bytes("colours-420.jpg")
    let frame = try #require((0..<jpeg.count).first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    for (size, problem) in [
      (0, "0 x"), (60_000, "pixels, more than"), (9000, "cannot hold"),
    ] {
      for place in [18, 22] {
        png[place] = UInt8(size >> 8)
        png[place + 1] = UInt8(size & 255)
      }
      let error = dataError { try ImageFile(path: "png", bytes: png) }
      #expect(error?.offset == 16)
      #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
      for place in [frame + 5, frame + 7] {
        jpeg[place] = UInt8(size >> 8)
        jpeg[place + 1] = UInt8(size & 255)
      }
      let other = dataError { try ImageFile(path: "jpeg", bytes: jpeg) }
      #expect(other?.offset == frame)
      #expect(other?.problem.contains(problem) == true, "\(String(describing: other))")
    }
  }

  @Test func otherFilesAreRefusedByTheirFirstBytes() throws {
    let scratch = try Scratch()
    for (bytes, problem) in [
      ([], "the file is empty"), (Array("GIF89a".utf8), "begins with the bytes 47 49 46 38"),
      ([0xff, 0xd8], "neither JPEG nor PNG"),
    ] as [([UInt8], String)] {
      let path = try scratch.write(bytes, to: "picture.jpg")
      let error = dataError { try ImageFile(path: path) }
      #expect(error?.kind == .badData && error?.file == path && error?.offset == 0)
      #expect(error?.problem.contains(problem) == true)
      #expect(error?.concernsOneExample == true && error?.remedy == "replace or remove the file")
    }
    #expect(dataError { try ImageFile(path: scratch.path) }?.problem.contains("directory") == true)
    #expect(dataError { try ImageFile(path: "\(scratch.path)/none") }?.kind == .notFound)
    let named = try scratch.write(try GoldenImages.bytes("rgb-8.png"), to: "a.jpg")
    #expect(try ImageFile(path: named).format == .png)
  }
}
