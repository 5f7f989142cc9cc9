import Foundation
import TimestepData

/// Shows a training on standard error: a bar that moves on a terminal, a line per epoch anywhere.
public final class ProgressDisplay: TrainingObserver {
  private let isTerminal: Bool
  private let started = Date()
  private var plan: TrainingPlan?
  private var lastDrawn = Date.distantPast
  private var smoothedLoss: Double?
  private var smoothedMetric = 0.0
  private var recent: [(elapsed: Double, examples: Int)] = []
  private var lineIsOpen = false

  private let noticesOnly: Bool

  /// Creates the display; by default the bar is drawn when standard error is a terminal.
  ///
  /// - Parameter noticesOnly: whether nothing else is shown.
  public init(isTerminal: Bool = isatty(2) != 0, noticesOnly: Bool = false) {
    self.isTerminal = isTerminal && !noticesOnly
    self.noticesOnly = noticesOnly
  }

  public func receive(_ event: TrainingEvent) {
    switch event {
    case .began(let plan): self.plan = plan
    case .step(let record): if isTerminal { draw(record) }
    case .epoch(let record): if !noticesOnly { report(record) }
    case .notice(let text):
      clear()
      write("warning: \(text)\n")
    case .remark(let text):
      guard !noticesOnly else { return }
      clear()
      write("\(text)\n")
    case .ended: clear()
    }
  }

  private func draw(_ record: StepRecord) {
    guard let plan else { return }
    let weight = smoothedLoss == nil ? 1 : 0.05
    smoothedLoss = (smoothedLoss ?? 0) * (1 - weight) + record.loss * weight
    smoothedMetric = smoothedMetric * (1 - weight) + record.metric * weight
    recent.append((record.elapsed, record.examples))
    if recent.count > 50 { recent.removeFirst() }
    guard Date().timeIntervalSince(lastDrawn) > 0.1 || record.step == plan.steps else { return }
    lastDrawn = Date()
    let inEpoch = record.step - record.epoch * plan.stepsPerEpoch
    let length = min(plan.stepsPerEpoch, plan.steps - record.epoch * plan.stepsPerEpoch)
    let filled = length > 0 ? Self.barWidth * inEpoch / length : 0
    let bar =
      String(repeating: "=", count: filled) + String(repeating: " ", count: Self.barWidth - filled)
    let left = record.elapsed / Double(record.step) * Double(plan.steps - record.step)
    let text = String(
      format: "epoch %ld/%ld [%@] loss %.3f  %@ %@  %.0f %@/s  %@ left",
      record.epoch + 1, plan.epochs, bar, smoothedLoss ?? 0, metric.title,
      metric.text(smoothedMetric, digits: 1), speed, unit, Self.duration(left))
    // A line longer than the terminal would wrap, and only its last row could be cleared.
    write("\r\u{1B}[K" + text.prefix(Self.columns() - 1))
    lineIsOpen = true
  }

  /// What the examples are called.
  private var unit: String { (plan?.elementKind ?? .images).rawValue }

  private var metric: Metric { plan?.metrics.first ?? .accuracy }

  private static let barWidth = 12

  /// The terminal's width, 80 where it does not say.
  package static func columns() -> Int {
    var size = winsize()
    return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
  }

  private var speed: Double {
    guard let first = recent.first, let last = recent.last, last.elapsed > first.elapsed else {
      return 0
    }
    return Double(recent.dropFirst().reduce(0) { $0 + $1.examples })
      / (last.elapsed - first.elapsed)
  }

  private func report(_ record: EpochRecord) {
    clear()
    write(
      String(
        format: "epoch %ld/%ld  train loss %.4f, %@ %@  |  test loss %.4f, %@  |  "
          + "%.0f %@/s, %@\n",
        record.epoch, plan?.epochs ?? record.epoch, record.trainLoss, metric.title,
        metric.text(record.trainMetric), record.test.loss, Self.text(record.test),
        record.imagesPerSecond, unit, Self.duration(record.seconds)))
    recent = []
  }

  /// The metrics of an evaluation but for the top five, which are of less interest from epoch to epoch.
  private static func text(_ test: Evaluation) -> String {
    zip(test.metrics, test.values).filter { $0.0 != .topFiveAccuracy }
      .map { "\($0.title) \($0.text($1))" }.joined(separator: ", ")
  }

  private func clear() {
    if lineIsOpen { write("\r\u{1B}[K") }
    lineIsOpen = false
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// `1:02:03`, `2:03` or `3 s`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    if whole >= 3600 {
      return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
    return whole >= 60 ? String(format: "%d:%02d", whole / 60, whole % 60) : "\(whole) s"
  }
}
