// A data set of one's own is one file: a type that holds the examples, and a line that describes it.
import Foundation
import Timestep

/// Where a harmonic oscillator is: `u'' = -w^2 u`, `u(0) = 1`, `u'(0) = 0`, so that `u(t) = cos w t`.
///
/// An example is the pair (w, t), uniform in [1, 2] x [0, 4]; to be learned is u.
struct Oscillators: Dataset {
  let split: DatasetSplit
  let count: Int
  let name = "oscillators"
  let elementShape = [2]
  let task = LearningTask.regression(outputs: ["u"])

  /// What `--dataset` names and what a network has to fit.
  static let descriptor = DatasetDescriptor(
    name: "oscillators", title: "Harmonic oscillators", elementShape: [2],
    task: .regression(outputs: ["u"]), counts: (1000, 200), preparation: Preparation()
  ) { split, _ in Oscillators(split: split, count: split == .train ? 1000 : 200) }

  func makeWriter(for preparation: Preparation) throws -> any ElementWriter { Writer(split: split) }

  /// Writes an example and its target; it is asked from any thread, in any order.
  private struct Writer: ElementWriter {
    let split: DatasetSplit

    func write(
      _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
      target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
    ) throws {
      // Numbers of their own for each example, the same in every epoch.
      var numbers = RandomStream(seed: 0, stream: split == .train ? 0 : 1, index: UInt64(index))
      let (frequency, time) = (1 + numbers.uniform(), 4 * numbers.uniform())
      input[0] = Float(frequency)
      input[1] = Float(time)
      target[0] = Float(cos(frequency * time))
    }
  }
}
