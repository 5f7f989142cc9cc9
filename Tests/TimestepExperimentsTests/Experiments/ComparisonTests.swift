import Testing
import TimestepDiagnostics

import TimestepExperiments

@Suite("What differences over seeds show") struct ComparisonTests {
  @Test(
    "A difference decides where bands of one deviation do not overlap",
    arguments: [
      ([0.9, 0.92], [0.8, 0.82], true), ([0.8, 0.82], [0.9, 0.92], false),
      ([0.9, 0.8], [0.84, 0.82], nil), ([0.9], [0.1], nil), ([], [], nil), ([0.9, 0.9], [], nil),
      ([0.9, .nan], [0.1, 0.1], nil), ([0.9, .infinity], [0.1, 0.1], nil),
      ([0.5, 0.5], [0.5, 0.5], nil), ([0.5, 0.5], [0.1, 0.1], true),
    ] as [([Double], [Double], Bool?)])
  func comparison(first: [Double], second: [Double], expected: Bool?) {
    #expect(Comparison(first, second).isGreater() == expected)
  }

  @Test("A margin moves the border") func margin() {
    let comparison = Comparison([0.9, 0.92], [0.8, 0.82])
    #expect(comparison.isGreater(by: 0.05) == true)
    #expect(comparison.isGreater(by: 0.09) == nil)
    #expect(comparison.isGreater(by: 0.2) == false)
  }

  @Test(
    "Several statements",
    arguments: [
      ([], nil, nil), ([true, true], true, true), ([true, nil], nil, true),
      ([false, nil], false, nil), ([false, false], false, false), ([true, false], false, true),
    ] as [([Bool?], Bool?, Bool?)])
  func several(found: [Bool?], all: Bool?, any: Bool?) {
    #expect(found.all == all)
    #expect(found.any == any)
  }

  @Test("What is not a number decides nothing, nor does the smallest scale") func numbers() {
    let context = ExperimentContext(scale: .reduced)
    #expect(context.claim("a", true, "0.5 %").verdict == .shown)
    #expect(context.claim("a", false, "banana 0.5").verdict == .notShown)
    #expect(context.claim("a", false, "median nan %").verdict == .notTestable)
    #expect(context.claim("a", true, "nan, 1").verdict == .notTestable)
    #expect(ExperimentContext(scale: .smoke).claim("a", true, "1").verdict == .notTestable)
  }
}
