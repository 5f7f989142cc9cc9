import Testing
import TimestepData

/// Crops and resizes against Pillow, and the distribution of what chance chooses.
@Suite struct ResizingTests {
  private static let cases: [(name: String, box: [Int], outputs: [Int])] =
    GoldenImages.names(".rgb").compactMap { name in
      let numbers = name.split(separator: "-").compactMap { Int($0) }
      guard name.hasPrefix("resize-"), numbers.count == 6 else { return nil }
      return (name, Array(numbers[..<4]), Array(numbers[4...]))
    }

  /// Pillow rounds twice to whole levels, this once not at all.
  private func expect(_ values: [Float], areNear name: String) throws {
    let expected = try GoldenImages.bytes("\(name).rgb")
    try #require(values.count == expected.count)
    let differences = zip(values, expected).map { abs(255 * $0 - Float($1)) }
    #expect((differences.max() ?? 0) < 1.01, "\(name)")
    #expect(differences.reduce(0, +) / Float(differences.count) < 0.35, "\(name)")
  }

  @Test(arguments: cases.indices)
  func resizedCropsArePillows(_ index: Int) throws {
    let (name, box, outputs) = Self.cases[index]
    let image = try ImageFile(path: GoldenImages.path("resize.png")).decode()
    let crop = ImageCrop.rectangle(
      top: box[1], left: box[0], height: box[3] - box[1], width: box[2] - box[0])
    for mirrored in [false, true] {
      var values = image.resized(
        crop, to: ImageSize(height: outputs[1], width: outputs[0]), mirrored: mirrored)
      if mirrored { values = unmirrored(values, width: outputs[0]) }
      try expect(values, areNear: name)
    }
  }

  private func unmirrored(_ values: [Float], width: Int) -> [Float] {
    var result = values
    for place in values.indices {
      let (pixel, channel) = (place / 3, place % 3)
      let column = width - 1 - pixel % width
      result[place] = values[3 * (pixel - pixel % width + column) + channel]
    }
    return result
  }

  @Test func theCentreIsThatOfEvaluation() throws {
    let image = try ImageFile(path: GoldenImages.path("resize.png")).decode()
    let outputs = ImageSize(height: 24, width: 24)
    let crop = ImageCrop.center(of: image.size, shortSide: 27, outputs: outputs)
    try expect(image.resized(crop, to: outputs), areNear: "resize-evaluation-24")
  }

  @Test func drawnCropsKeepTheirBounds() {
    var random = RandomStream(seed: 0, stream: 0)
    let size = ImageSize(height: 375, width: 500)
    var areas: [Double] = []
    var misfits = 0
    for _ in 0..<4000 {
      let crop = ImageCrop.scaleAndAspect(of: size, using: &random)
      let (height, width) = (crop.vertical.length, crop.horizontal.length)
      areas.append(height * width / (375 * 500))
      misfits +=
        (0.74...1.35).contains(width / height) && crop.vertical.start >= 0
          && crop.vertical.start + height <= 375 && crop.horizontal.start >= 0
          && crop.horizontal.start + width <= 500 ? 0 : 1
    }
    #expect(misfits == 0)
    #expect((areas.min() ?? 0) > 0.078 && (areas.max() ?? 1) <= 1)
    // The mean of torchvision's procedure, which draws again where a rectangle does not fit.
    #expect(abs(areas.reduce(0, +) / 4000 - 0.431) < 0.015)
  }

  @Test func aShortSideIsDrawnFromItsInterval() {
    var random = RandomStream(seed: 0, stream: 0)
    let outputs = ImageSize(height: 224, width: 224)
    var lengths: Set<Int> = []
    var starts: [Double] = []
    var ends: [Double] = []
    for _ in 0..<4000 {
      let crop = ImageCrop.shortSide(
        of: ImageSize(height: 500, width: 375), lengths: 256...480, outputs: outputs,
        using: &random)
      lengths.insert(Int((224 * 375 / crop.horizontal.length).rounded()))
      starts.append(crop.vertical.start)
      ends.append(crop.vertical.start + crop.vertical.length)
    }
    #expect((starts.min() ?? -1) >= 0 && (ends.max() ?? 501) <= 500.001)
    #expect(lengths == Set(256...480))
  }

  /// Images of one pixel, and a thousand times as long as high.
  @Test func extremeShapesAreResized() {
    let outputs = ImageSize(height: 8, width: 8)
    for (height, width) in [(1, 1), (1, 1000), (1000, 1), (2, 3)] {
      let size = ImageSize(height: height, width: width)
      let image = PixelImage(size: size, pixels: [UInt8](repeating: 51, count: size.byteCount))
      var random = RandomStream(seed: 1, stream: 1)
      for crop in [
        ImageCrop.center(of: size, shortSide: 9, outputs: outputs),
        .scaleAndAspect(of: size, using: &random),
        .shortSide(of: size, lengths: 9...17, outputs: outputs, using: &random),
      ] {
        #expect(image.resized(crop, to: outputs).allSatisfy { abs($0 - 0.2) < 1e-5 })
      }
    }
  }
}
