import Foundation
import Testing
import TimestepTraining

@Suite("Losses that stand out")
struct LossSpikeTests {
  /// Losses that fall and scatter by some percent.
  private func ordinary(_ count: Int) -> [Double] {
    var bits: UInt64 = 1
    return (0..<count).map { step in
      let noise = (0..<12).reduce(-6.0) { sum, _ in
        bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(bits >> 11) / 9_007_199_254_740_992
      }
      return (2.3 * exp(-Double(step) / 300) + 0.2) * (1 + 0.1 * noise)
    }
  }

  @Test("Losses that fall and scatter are no spikes; one three times as high is, and only that")
  func single() {
    var losses = ordinary(1000)
    var spikes = LossSpikes()
    var found = losses.indices.filter { spikes.see(losses[$0]) }
    #expect(found.isEmpty && spikes.count == 0)
    losses[500] *= 3
    spikes = LossSpikes()
    found = losses.indices.filter { spikes.see(losses[$0]) }
    #expect(found == [500])
    #expect(spikes.count == 1 && spikes.inEpoch == 1 && spikes.recent.count == 64)
  }

  @Test("Where losses are almost zero, a large multiple of nothing is no spike")
  func nothing() {
    var spikes = LossSpikes()
    let losses = ordinary(64) + (0..<600).map { $0 % 7 == 0 ? 0.02 : 1e-6 }
    let found = losses.indices.filter { spikes.see(losses[$0]) }
    let isSpike = spikes.see(5)
    #expect(found.isEmpty && isSpike)
  }

  @Test("A loss that stays high is no spike any more after half of the window")
  func level() {
    var spikes = LossSpikes()
    let losses = ordinary(300).enumerated().map { $0.offset < 200 ? $0.element : 10 }
    let found = losses.indices.filter { spikes.see(losses[$0]) }
    #expect(found.first == 200 && found == Array(200..<200 + found.count))
    #expect(found.count >= 16 && found.count <= 33, "\(found.count)")
  }

  @Test("Nothing stands out of fewer than 16 losses, nor by less than half as much again")
  func bounds() {
    var spikes = LossSpikes()
    let early = ([Double](repeating: 1, count: 15) + [100]).filter { spikes.see($0) }
    #expect(early.isEmpty)
    let late = [1.4, 1.6, 1.4].map { spikes.see($0) }
    #expect(late == [false, true, false])
  }

  @Test("Saved and read back, it goes on as before")
  func saved() throws {
    let losses = ordinary(100).enumerated().map { $0.offset % 30 == 29 ? 9 : $0.element }
    var whole = LossSpikes()
    var parts = LossSpikes()
    for loss in losses {
      let expected = whole.see(loss)
      let found = parts.see(loss)
      #expect(found == expected)
      parts = try JSONDecoder().decode(LossSpikes.self, from: JSONEncoder().encode(parts))
    }
    #expect(parts.count == whole.count && whole.count == 3)
  }
}
