import Foundation
import Testing
import TimestepData

/// The geometry and the randomness of the two moons.
@Suite struct TwoMoonsTests {
  /// The points without noise, sorted by angle, against the formula of `make_moons(7)` worked out by hand.
  @Test func geometryIsThatOfMakeMoons() throws {
    let moons = try TwoMoons(count: 7, noise: 0).makeDataset(split: .train)
    let points = moons.labels.indices.map { index in
      (moons.labels[index], moons.coordinates[2 * index], moons.coordinates[2 * index + 1])
    }
    let outer = points.filter { $0.0 == 0 }.sorted { $0.1 > $1.1 }
    let inner = points.filter { $0.0 == 1 }.sorted { $0.1 < $1.1 }
    let expectedOuter: [(Float, Float)] = [(1, 0), (0, 1), (-1, 0)]
    let expectedInner: [(Float, Float)] = [
      (0, 0.5), (0.5, -0.366_025_4), (1.5, -0.366_025_4), (2, 0.5),
    ]
    #expect(outer.count == 3 && inner.count == 4)
    for (point, expected) in zip(outer + inner, expectedOuter + expectedInner) {
      #expect(abs(point.1 - expected.0) < 1e-6 && abs(point.2 - expected.1) < 1e-6)
    }
  }

  @Test func theSeedAndThePartDetermineThePoints() throws {
    let points = try TwoMoons().makeDataset(split: .train)
    #expect(try TwoMoons().makeDataset(split: .train).coordinates == points.coordinates)
    #expect(try TwoMoons().makeDataset(split: .test).coordinates != points.coordinates)
    #expect(try TwoMoons(seed: 1).makeDataset(split: .train).coordinates != points.coordinates)
    #expect(points.labels.filter { $0 == 0 }.count == 500)
  }

  @Test func noiseHasItsDeviation() throws {
    let clean = try TwoMoons(count: 20_000, noise: 0).makeDataset(split: .train)
    let noisy = try TwoMoons(count: 20_000, noise: 0.3).makeDataset(split: .train)
    let squares = zip(clean.coordinates, noisy.coordinates).map { Double(($1 - $0) * ($1 - $0)) }
    #expect(abs((squares.reduce(0, +) / 40_000).squareRoot() - 0.3) < 0.005)
  }

  @Test func numbersOutOfRangeAreRefused() {
    for moons in [TwoMoons(count: 1), TwoMoons(noise: -1), TwoMoons(noise: .nan)] {
      #expect(dataError { try moons.makeDataset(split: .train) }?.kind == .badConfiguration)
    }
  }
}
