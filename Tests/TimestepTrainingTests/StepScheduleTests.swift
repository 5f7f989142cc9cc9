import Testing
import TimestepTraining

@Suite("The learning rate over time")
struct StepScheduleTests {
  @Test("The reference recipe drops with the first step of epochs 40 and 60")
  func recipe() {
    let schedule = StepSchedule(initial: 0.1, drops: [40, 60])
    let steps = 391.0
    for (epoch, step, expected) in [
      (0.0, 0.0, 0.1), (39, 390, 0.1), (40, 0, 0.01), (59, 390, 0.01), (60, 0, 0.001),
      (79, 390, 0.001),
    ] {
      let rate = schedule.rate(atEpoch: epoch + step / steps)
      #expect(abs(rate - expected) < 1e-15, "epoch \(epoch), step \(step)")
    }
  }

  @Test("Without drops it is constant; the order of the drops and a factor of one's own")
  func variants() {
    #expect(StepSchedule(initial: 0.3).rate(atEpoch: 1e9) == 0.3)
    let schedule = StepSchedule(initial: 8, drops: [2, 1], factor: 0.5)
    #expect([0, 1, 2].map { schedule.rate(atEpoch: $0) } == [8, 4, 2])
    #expect(StepSchedule(initial: 8, drops: [0], factor: 0.5).rate(atEpoch: 0) == 4)
  }

  /// The step is found in whole numbers: `epoch + step / steps >= p / q`.
  @Test("A drop after p/q epochs takes effect with the first step at or after it", arguments: 1...7)
  func fractions(q: Int) {
    for p in 0...(3 * q) {
      let schedule = StepSchedule(initial: 1, drops: [Double(p) / Double(q)])
      for steps in [1, 2, 3, 7, 10, 49, 391, 469] {
        for epoch in 0..<4 {
          for step in 0..<steps {
            let passed = (epoch * steps + step) * q >= p * steps
            let rate = schedule.rate(atEpoch: Double(epoch) + Double(step) / Double(steps))
            if (rate < 1) != passed {
              Issue.record("drop at \(p)/\(q), epoch \(epoch), step \(step) of \(steps)")
            }
          }
        }
      }
    }
  }
}
