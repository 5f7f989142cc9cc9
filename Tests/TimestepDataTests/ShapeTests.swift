import Testing
import TimestepData

/// The synthetic images of discs and rectangles.
@Suite struct ShapeTests {
  @Test func masksAreTheEquationsOfTheShapes() throws {
    let set = try SyntheticShapes().makeDataset(split: .train)
    #expect(set.count == 1000 && set.elementShape == [1, 32, 32] && set.targetShape == [32, 32])
    var (counts, kinds) = ([0, 0, 0, 0], [0, 0, 0])
    for index in 0..<200 {
      let scene = set.scene(index)
      let mask = set.example(index).mask
      counts[scene.shapes.count] += 1
      for shape in scene.shapes {
        kinds[Int(shape.kind.rawValue)] += 1
        #expect((3.2...7.04).contains(shape.halfWidth) && (3.2...7.04).contains(shape.halfHeight))
        #expect((0.5...1).contains(shape.brightness))
        #expect(shape.halfWidth <= shape.centerX && shape.centerX <= 32 - shape.halfWidth)
        #expect(shape.halfHeight <= shape.centerY && shape.centerY <= 32 - shape.halfHeight)
      }
      // Each pixel has the class of the frontmost shape that holds its middle, written out here once more.
      for place in 0..<1024 {
        let (x, y) = (Double(place % 32) + 0.5, Double(place / 32) + 0.5)
        let front = scene.shapes.last { shape in
          let (dx, dy) = (x - shape.centerX, y - shape.centerY)
          return shape.kind == .disc
            ? dx * dx + dy * dy <= shape.halfWidth * shape.halfWidth
            : abs(dx) <= shape.halfWidth && abs(dy) <= shape.halfHeight
        }
        #expect(mask[place] == (front?.kind.rawValue ?? 0))
      }
    }
    #expect(counts[0] == 0 && counts[1...].allSatisfy { (40...95).contains($0) })
    #expect(kinds[0] == 0 && kinds[1] > 150 && kinds[2] > 150)
  }

  @Test func pixelsAreTheBrightnessAndNoise() throws {
    let clean = try SyntheticShapes(noise: 0).makeDataset(split: .train)
    let noisy = try SyntheticShapes().makeDataset(split: .train)
    var squares = 0.0
    for index in 0..<20 {
      let (image, mask) = clean.example(index)
      let scene = clean.scene(index)
      #expect(noisy.scene(index) == scene && noisy.example(index).mask == mask)
      let values = Set(image)
      #expect(values.isSubset(of: [0] + scene.shapes.map { Float($0.brightness) }))
      #expect(zip(image, mask).allSatisfy { ($0 == 0) == ($1 == 0) })
      squares += zip(image, noisy.example(index).image).reduce(0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
    }
    #expect(abs((squares / 20_480).squareRoot() - 0.1) < 0.003)
  }

  @Test func imagesAreAddressedBySeedPartAndNumber() throws {
    let set = try SyntheticShapes().makeDataset(split: .train)
    #expect(set.example(7) == set.example(7))
    #expect(set.scene(7) != set.scene(8))
    #expect(try SyntheticShapes().makeDataset(split: .test).scene(7) != set.scene(7))
    #expect(try SyntheticShapes(seed: 1).makeDataset(split: .train).scene(7) != set.scene(7))
    // A larger set begins with the smaller one.
    #expect(
      try SyntheticShapes(count: 50_000).makeDataset(split: .train).example(7) == set.example(7))
  }

  /// Whatever chance does to an image, it does to its mask: without noise one can be told from the other.
  @Test func cropsAndMirrorsChangeBothAlike() throws {
    let set = try SyntheticShapes(noise: 0).makeDataset(split: .train)
    let augmentation = DatasetCatalog.syntheticShapes.preparation.augmentation
    #expect(augmentation == Augmentation(padding: 4, flip: true))
    let plain = try writer(set, .none)
    let changing = try writer(set, augmentation)
    let mirroring = try writer(set, Augmentation(padding: 0, flip: true))
    var (changed, mirrored) = (0, 0)
    for index in 0..<40 {
      let (image, mask) = plain(index)
      #expect(image == set.example(index).image && mask == set.example(index).mask.map(Float.init))
      let (newImage, newMask) = changing(index)
      #expect(zip(newImage, newMask).allSatisfy { ($0 == 0) == ($1 == 0) })
      changed += newMask == mask ? 0 : 1
      let rows = (0..<32).flatMap { row in mask[(32 * row)..<(32 * row + 32)].reversed() }
      let flipped = mirroring(index)
      #expect(flipped.mask == mask || flipped.mask == rows)
      mirrored += flipped.mask == mask ? 0 : 1
    }
    #expect(changed > 30 && (8...32).contains(mirrored))

    var reflecting = augmentation
    reflecting.paddingMode = .reflect
    let reflected = try writer(set, reflecting)
    for index in 0..<20 {
      let (image, mask) = reflected(index)
      #expect(zip(image, mask).allSatisfy { ($0 == 0) == ($1 == 0) })
    }
  }

  private func writer(_ set: ShapeDataset, _ augmentation: Augmentation) throws -> (Int) -> (
    image: [Float], mask: [Float]
  ) {
    let writer = try set.makeWriter(for: Preparation(augmentation: augmentation))
    return { index in
      var random = RandomStream(seed: 3, purpose: .augmentation, index: index)
      var mask = [Float](repeating: -1, count: 1024)
      let image = [Float](unsafeUninitializedCapacity: 1024) { image, count in
        mask.withUnsafeMutableBufferPointer { mask in
          try? writer.write(
            index, to: .init(start: image.baseAddress, count: 1024), target: mask, using: &random)
        }
        count = 1024
      }
      return (image, mask)
    }
  }

  @Test func paddingThatIsTooLargeIsRefused() throws {
    let set = try SyntheticShapes(size: 8).makeDataset(split: .train)
    let preparation = Preparation(augmentation: Augmentation(padding: 8, flip: false))
    #expect(dataError { try set.makeWriter(for: preparation) }?.kind == .badConfiguration)
  }
}
