import Foundation
import Synchronization
import TimestepTraining

/// Shows on standard error how far all trials are: a line that is drawn again on a terminal, a line for each trial
/// elsewhere.
final class RunnerDisplay: Sendable {
  private struct State {
    var done = 0
    var running: [String] = []
    var doneWeight = 0.0
    let start = Date()
  }

  private let total: Int
  private let totalWeight: Double
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let label: String
  private let state = Mutex(State())

  /// Shows trials that are still to be carried out.
  init(_ label: String, trials: [Trial], isQuiet: Bool, isTerminal: Bool = isatty(2) != 0) {
    self.label = label
    total = trials.count
    totalWeight = trials.map(\.weight).reduce(0, +)
    self.isTerminal = isTerminal
    self.isQuiet = isQuiet
  }

  func began(_ trial: Trial) {
    let line = state.withLock { state in
      state.running.append(Self.text(trial))
      return self.line(state)
    }
    if isTerminal { draw(line) }
  }

  func ended(_ trial: Trial, _ error: (any Error)?) {
    let line = state.withLock { state in
      if let index = state.running.firstIndex(of: Self.text(trial)) {
        state.running.remove(at: index)
      }
      state.done += 1
      state.doneWeight += trial.weight
      return self.line(state)
    }
    let failed = error == nil ? "" : " could not be carried out"
    if isTerminal {
      if error != nil { write("\r\u{1B}[K\(Self.text(trial))\(failed)\n") }
      draw(line)
    } else {
      write("\(line)  (\(Self.text(trial))\(failed))\n")
    }
  }

  func close() { if isTerminal { write("\r\u{1B}[K") } }

  private static func text(_ trial: Trial) -> String {
    let place = trial.values.map(\.description).filter { !$0.isEmpty }.joined(separator: ", ")
    return "\(trial.configuration.networkName): \(place), seed \(trial.seed)"
  }

  private func line(_ state: State) -> String {
    let elapsed = Date().timeIntervalSince(state.start)
    var text = "\(label): \(state.done) of \(total) trials"
    if state.doneWeight > 0, state.done < total {
      let left = elapsed * (totalWeight - state.doneWeight) / state.doneWeight
      text += ", about \(ProgressDisplay.duration(left)) left"
    }
    if isTerminal, let first = state.running.first { text += "; \(first)" }
    return text
  }

  private func draw(_ line: String) {
    write("\r\u{1B}[K" + line.prefix(ProgressDisplay.columns() - 1))
  }

  private func write(_ text: String) {
    if !isQuiet { FileHandle.standardError.write(Data(text.utf8)) }
  }
}
