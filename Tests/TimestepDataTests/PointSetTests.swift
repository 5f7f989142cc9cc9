import Foundation
import Testing
import TimestepData

/// The synthetic point sets against the formulas of their sources.
@Suite struct PointSetTests {
  /// The points of a set with their labels.
  private func points(_ set: PointDataset) -> [(label: Int, x: Double, y: Double)] {
    set.labels.indices.map {
      (Int(set.labels[$0]), Double(set.coordinates[2 * $0]), Double(set.coordinates[2 * $0 + 1]))
    }
  }

  private func count(_ set: PointDataset, _ label: Int32) -> Int {
    set.labels.filter { $0 == label }.count
  }

  @Test func ellipsesHaveTheirRadii() throws {
    for (split, each) in [(DatasetSplit.train, 1000), (.test, 200)] {
      let set = try Ellipses().makeDataset(split: split)
      #expect(count(set, 0) == each && count(set, 1) == each)
      var radii: [[Double]] = [[], []]
      for point in points(set) {
        let radius = (point.x * point.x + point.y * point.y / 0.16).squareRoot()
        #expect((Double(point.label) - 1e-6...Double(point.label) + 1 + 1e-6).contains(radius))
        radii[point.label].append(radius)
      }
      // Uniform in r and in the angle: means 1/2 and 3/2, as many points in each half plane.
      let bound = 5 / (12 * Double(each)).squareRoot()
      for label in 0...1 {
        let mean = radii[label].reduce(0, +) / Double(each)
        #expect(abs(mean - 0.5 - Double(label)) < bound)
      }
      let above = points(set).filter { $0.y > 0 }.count
      #expect(abs(above - each) < Int(5 * Double(each).squareRoot()))
    }
  }

  @Test func swissRollIsItsFormula() throws {
    let parts = try [DatasetSplit.train, .test].map { try SwissRoll().makeDataset(split: $0) }
    #expect(parts.map(\.count) == [514, 512])
    for (part, set) in parts.enumerated() {
      #expect(count(set, 0) == set.count / 2)
      for (index, point) in points(set).enumerated() {
        // The angle's number among 0...512; training has the first, the third and so on.
        let number = 2 * (index / 2) + part
        let angle = 4 * Double.pi / 512 * Double(number)
        let radius = Double(number) / 512 + 0.2 * Double(point.label)
        #expect(point.label == index % 2)
        #expect(hypot(point.x - radius * cos(angle), point.y - radius * sin(angle)) < 1e-6)
      }
    }
    #expect(try SwissRoll(n: 2).makeDataset(split: .train).count == 6)
  }

  /// Values computed with NumPy from the formula.
  @Test func peaksHasItsHeights() {
    for (x, y, height) in [
      (0, 0, 0.981_011_843_123_846_3), (1, -1, -0.272_916_548_806_253_8),
      (-3, 3, 3.223_535_961_269_272_5e-05), (0.23, -1.63, -6.550_788_631_740_996),
      (-0.01, 1.58, 8.106_179_920_475_636),
    ] {
      #expect(abs(PeaksFunction.height(x, y) - height) < 1e-12, "at \(x), \(y)")
    }
  }

  @Test func peaksHasFiveBandsOfEqualHeight() throws {
    let parts = try [DatasetSplit.train, .test].map { try Peaks().makeDataset(split: $0) }
    #expect(parts.map(\.count) == [6400, 1600])
    // Extremes over the grid, computed with NumPy.
    let (low, high) = (-6.549_719_226_231_264_5, 8.105_393_446_796_095)
    var seen = Set<[Int]>()
    for set in parts {
      for label in 0..<5 { #expect(count(set, Int32(label)) == set.count / 5) }
      for point in points(set) {
        let share = (PeaksFunction.height(point.x, point.y) - low) / (high - low)
        // Coordinates are rounded to single precision; a point on the edge may lie a little beyond it.
        let band = Double(point.label) / 5
        #expect((band - 1e-5...band + 0.2 + 1e-5).contains(share))
        let place = [point.x, point.y].map { Int((($0 + 3) / 6 * 255).rounded()) }
        #expect(seen.insert(place).inserted, "a point twice, or in both parts")
        for (coordinate, number) in zip([point.x, point.y], place) {
          #expect(abs(coordinate - (6 * Double(number) / 255 - 3)) < 1e-6)
        }
      }
    }
    #expect(seen.count == 8000)
  }

  @Test func peaksRegressionHasTheHeightsOfUniformPoints() throws {
    let set = try PeaksRegression().makeDataset(split: .train)
    #expect(set.count == 1000 && set.values.count == 1000 && set.outputs == ["height"])
    for index in 0..<set.count {
      let (x, y) = (Double(set.coordinates[2 * index]), Double(set.coordinates[2 * index + 1]))
      #expect(abs(x) <= 3 && abs(y) <= 3)
      #expect(abs(Double(set.values[index]) - PeaksFunction.height(x, y)) < 1e-4)
    }
    let mean = set.coordinates.map(Double.init).reduce(0, +) / 2000
    #expect(abs(mean) < 5 * (3 / 2000.0).squareRoot())
    let noisy = PeaksRegression(noise: 1)
    #expect(try noisy.makeDataset(split: .train).values != set.values)
    #expect(
      try noisy.makeDataset(split: .test).values
        == PeaksRegression().makeDataset(split: .test).values, "test targets are exact")
  }

  @Test func gaussianMixtureHasItsMeansAndDeviation() throws {
    let set = try GaussianMixture(count: 50_000).makeDataset(split: .train)
    for label in 0..<5 {
      let mine = points(set).filter { $0.label == label }
      #expect(mine.count == 10_000)
      let angle = 2 * Double.pi * Double(label) / 5
      let (x, y) = (cos(angle), sin(angle))
      let meanX = mine.reduce(0) { $0 + $1.x } / 10_000
      let meanY = mine.reduce(0) { $0 + $1.y } / 10_000
      #expect(hypot(meanX - x, meanY - y) < 0.01)
      let squares = mine.reduce(0) { $0 + pow($1.x - x, 2) + pow($1.y - y, 2) }
      #expect(abs((squares / 20_000).squareRoot() - 0.2) < 0.004)
    }
    // What the documentation says of the best possible accuracy: that of the nearest mean.
    let right = points(set).filter { point in
      let turned = atan2(point.y, point.x) / (2 * .pi) * 5
      return (Int(turned.rounded()) + 5) % 5 == point.label
    }
    #expect(abs(Double(right.count) / 50_000 - 0.997) < 0.001)
  }

  @Test func numbersOutOfRangeAreRefused() {
    let errors = [
      dataError { try Ellipses(count: 9).makeDataset(split: .train) },
      dataError { try SwissRoll(n: 0).makeDataset(split: .train) },
      dataError { try Peaks(count: 8991).makeDataset(split: .train) },
      dataError { try PeaksRegression(noise: .nan).makeDataset(split: .train) },
      dataError { try GaussianMixture(count: 4).makeDataset(split: .train) },
      dataError { try GaussianMixture(classes: -1).makeDataset(split: .train) },
      dataError { try SyntheticShapes(size: 7).makeDataset(split: .train) },
    ]
    #expect(errors.allSatisfy { $0?.kind == .badConfiguration && $0?.remedy != nil })
  }

  @Test func valuesThatDoNotFitAreRefused() {
    func make(_ features: Int, _ outputs: [String], _ x: [Float], _ y: [Float]) -> DataError? {
      dataError {
        try ValueDataset(
          name: "mine", split: .train, features: features, outputs: outputs, coordinates: x,
          values: y)
      }
    }
    #expect(make(2, ["y"], [1, 2, 3, 4], [1, 2]) == nil)
    for error in [
      make(0, ["y"], [], []), make(2, ["y"], [1, 2, 3], [1]), make(1, [], [1], []),
      make(1, ["y", "z"], [1], [1]), make(1, ["y"], [.nan], [1]), make(1, ["y"], [1], [.infinity]),
    ] {
      #expect(error?.kind == .badData && error?.problem.hasPrefix("mine: ") == true)
    }
  }
}
