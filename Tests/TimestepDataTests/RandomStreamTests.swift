import Testing
import TimestepData

/// Random numbers against the reference implementations, and by their statistics.
@Suite struct RandomStreamTests {
  @Test func splitMix64MatchesItsReference() {
    var generator = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected == expected.map { _ in generator.next() })
  }

  @Test func xoshiro256MatchesItsReference() {
    var generator = Xoshiro256(state: (1, 2, 3, 4))
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
      607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
    ]
    #expect(expected == expected.map { _ in generator.next() })
  }

  @Test func everyWordOfTheAddressMatters() {
    let addresses: [(UInt64, UInt64, UInt64)] = [
      (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (2, 0, 0),
    ]
    let firsts = addresses.map { address in
      var stream = RandomStream(seed: address.0, stream: address.1, index: address.2)
      return stream.next()
    }
    #expect(Set(firsts).count == addresses.count)
    var again = RandomStream(seed: 1, stream: 1, index: 0)
    #expect(again.next() == firsts[4])
  }

  @Test func neighbouringAddressesLookIndependent() {
    let values = (0..<10_000).map { index in
      var stream = RandomStream(seed: 7, purpose: .augmentation, epoch: 3, index: index)
      return stream.uniform()
    }
    let mean = values.reduce(0, +) / 10_000
    let lagged = zip(values, values.dropFirst()).map { ($0 - 0.5) * ($1 - 0.5) }.reduce(0, +)
    #expect(abs(mean - 0.5) < 0.015)
    #expect(abs(lagged / 9_999 * 12) < 0.05)
  }

  @Test func uniformAndNormalHaveTheirMoments() {
    var stream = RandomStream(seed: 1, stream: 2)
    let uniform = (0..<50_000).map { _ in stream.uniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / 50_000 - 0.5) < 0.006)
    let normal = (0..<50_000).map { _ in stream.normal() }
    #expect(normal.allSatisfy { $0.isFinite })
    #expect(abs(normal.reduce(0, +) / 50_000) < 0.02)
    #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / 50_000 - 1) < 0.03)
    #expect(abs(normal.map { $0 * $0 * $0 * $0 }.reduce(0, +) / 50_000 - 3) < 0.2)
  }

  @Test func integersAreEquallyOftenAndInRange() {
    var stream = RandomStream(seed: 1, stream: 3)
    var counts = [Int](repeating: 0, count: 9)
    for _ in 0..<90_000 { counts[stream.integer(below: 9)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    #expect(stream.integer(below: 1) == 0)
    #expect(stream.integer(below: 0) == 0)
    #expect((0..<100).allSatisfy { _ in (0..<Int.max).contains(stream.integer(below: .max)) })
  }

  @Test func shufflesReachEveryPermutationEquallyOften() {
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<12_000 {
      var stream = RandomStream(seed: 5, purpose: .order, epoch: epoch)
      var elements = [0, 1, 2]
      stream.shuffle(&elements)
      counts[elements, default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 2000) < 200 })
  }
}
