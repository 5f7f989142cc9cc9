import Foundation
import Testing
import TimestepData

/// Noise on texts: how many positions, which characters, what it follows from.
@Suite struct CharacterNoiseTests {
  /// Texts of characters that are no letters, so that each change is seen.
  private func texts(_ lengths: [Int]) throws -> TextDataset {
    var ends: [Int] = []
    for length in lengths { ends.append((ends.last ?? 0) + length) }
    return try TextDataset(
      name: "texts", split: .train, length: 1024, classNames: ["a"],
      labels: [Int32](repeating: 0, count: lengths.count),
      characters: [UInt8](repeating: 40, count: ends.last ?? 0), ends: ends)
  }

  private func noisy(_ texts: TextDataset, _ level: Double, seed: UInt64 = 1) throws -> TextDataset
  {
    try #require(try CharacterNoise(level: level).corrupted(texts, seed: seed) as? TextDataset)
  }

  @Test func levelZeroLeavesEveryCharacter() throws {
    let clean = try texts([5, 0, 1024])
    #expect(try noisy(clean, 0).characters == clean.characters)
  }

  /// `floor(level L)` draws: with one draw exactly one change, without any none.
  @Test func theNumberOfDrawsIsRoundedDown() throws {
    let clean = try texts([9, 10, 19, 20, 1, 0])
    let changed = try noisy(clean, 0.1)
    let counts = (0..<6).map { text in changed[text].filter { $0 != 40 }.count }
    #expect(counts[0] == 0 && counts[1] == 1 && counts[2] == 1)
    #expect((1...2).contains(counts[3]) && counts[4] == 0 && counts[5] == 0)
    #expect(changed.ends == clean.ends && changed.labels == clean.labels)
  }

  /// Positions are drawn with replacement: a share of 1 - exp(-level) is changed, less than the level.
  @Test(arguments: [0.1, 0.3, 0.5, 0.8, 1.0])
  func theShareOfChangedPositionsIsThatOfReplacement(level: Double) throws {
    let clean = try texts([Int](repeating: 1000, count: 200))
    let changed = try noisy(clean, level).characters
    let share = Double(changed.filter { $0 != 40 }.count) / Double(changed.count)
    let expected = 1 - exp(-level)
    // Occupancy varies less than a binomial distribution does.
    #expect(abs(share - expected) < 5 * (expected * (1 - expected) / 200_000).squareRoot() + 3e-4)
  }

  @Test func replacementsAreLettersAllEquallyOften() throws {
    let clean = try texts([Int](repeating: 1000, count: 200))
    var counts = [Int](repeating: 0, count: 70)
    for character in try noisy(clean, 0.5).characters { counts[Int(character)] += 1 }
    let letters = counts[1...26]
    #expect(counts.reduce(0, +) == letters.reduce(0, +) + counts[40])
    let mean = Double(letters.reduce(0, +)) / 26
    #expect(letters.allSatisfy { abs(Double($0) - mean) < 5 * mean.squareRoot() })
    let positions = try noisy(clean, 0.5)
    // Every position of a text may be drawn.
    #expect(
      (0..<1000).allSatisfy { place in (0..<200).contains { positions[$0][$0 * 1000 + place] != 40 }
      })
  }

  @Test func noiseIsThatOfSeedAndText() throws {
    let clean = try texts([500, 500])
    #expect(try noisy(clean, 0.5).characters == noisy(clean, 0.5).characters)
    #expect(try noisy(clean, 0.5).characters != noisy(clean, 0.5, seed: 2).characters)
    let changed = try noisy(clean, 0.5)
    #expect(Array(changed[0]) != Array(changed[1]))
    // What a text gets does not depend on the texts before it.
    let later = try noisy(try texts([3, 500]), 0.5)
    #expect(Array(later[1]) == Array(changed[1]))
  }

  @Test func imagesHaveNoCharacters() throws {
    #expect(CharacterNoise().refusal(of: DatasetCatalog.cifar10) != nil)
    #expect(CharacterNoise().refusal(of: DatasetCatalog.twoMoons) != nil)
    #expect(CharacterNoise().refusal(of: DatasetCatalog.agNews) == nil)
    let points = try TwoMoons().makeDataset(split: .train)
    #expect(throws: DataError.self) { try CharacterNoise().corrupted(points, seed: 0) }
  }
}
