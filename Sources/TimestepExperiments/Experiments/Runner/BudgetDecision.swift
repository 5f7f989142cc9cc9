import Foundation
import TimestepTorch

/// How fast a setting trains, as ten steps of it showed.
struct TrialRate: Codable, Sendable {
  /// Training examples in a second; nil where the setting diverged at once.
  var examplesPerSecond: Double?

  /// What a process takes to begin.
  static let startSeconds = 1.5

  init(_ summary: RunSummary?) { examplesPerSecond = summary?.imagesPerSecond }

  /// An epoch with its evaluation, where a test example costs a third of a training example.
  func secondsPerEpoch(of trial: Trial) -> Double {
    guard let examplesPerSecond, examplesPerSecond > 0 else { return 0 }
    let options = trial.configuration.options
    let counts = trial.configuration.dataset.counts
    let training = min(options.trainLimit ?? counts.train, counts.train)
    let testing = min(options.testLimit ?? counts.test, counts.test)
    return (Double(training) + Double(testing) / 3) / examplesPerSecond
  }
}

/// What was measured to fit a plan into a budget: measured once, so that a repetition decides as before.
struct BudgetDecision: Codable {
  static let fileName = "speed.json"

  /// The identities of the settings, each with the first seed, in the order of the plan.
  var settings: [String]
  var rates: [TrialRate]

  func write(to file: URL) throws {
    try AtomicFile.write(try JSONEncoder().encode(self), to: file)
  }

  /// Reads a decision; nil where there is none for these settings.
  static func read(from file: URL, settings: [String]) throws -> BudgetDecision? {
    guard let data = try? Data(contentsOf: file) else { return nil }
    guard let decision = try? JSONDecoder().decode(BudgetDecision.self, from: data) else {
      throw RunError(.badData, "\(file.path): is damaged; remove it to measure the speed again")
    }
    return decision.settings == settings ? decision : nil
  }
}
