import Foundation
import TimestepTraining

/// A row of `gradient-ratios.csv` for every so many steps of a training: `step,epoch`, and the ratio of each block.
public final class GradientRatioLog: DiagnosticLog {
  /// The file's name.
  public static let fileName = "gradient-ratios.csv"
  public let name = GradientRatioLog.fileName
  public private(set) var cost = FollowingCost(GradientNormRatios().name)
  private let file: AppendedFile

  /// Opens the file in a directory.
  ///
  /// - Parameter length: how long the file was when the training was saved; 0 to begin.
  public init(_ directory: URL, keeping length: Int = 0) throws {
    file = try AppendedFile(lines: directory.appendingPathComponent(Self.fileName), keeping: length)
  }

  public func receive(_ event: TrainingEvent) throws {
    cost.note(event)
    guard case .step(let record) = event, let ratios = record.ratios else { return }
    let start = ContinuousClock.now
    if file.length == 0 {
      let names = ["step", "epoch"] + ratios.blocks.map(\.path)
      try file.append(Data((names.joined(separator: ",") + "\n").utf8))
    }
    let row = ["\(record.step)", "\(record.epoch + 1)"] + ratios.blocks.map { $0.ratio.digits }
    try file.append(Data((row.joined(separator: ",") + "\n").utf8))
    cost.rows += 1
    cost.seconds += record.ratioSeconds
    cost.add(since: start)
  }

  public func flush() throws -> Int { try file.flush() }
  public var length: Int { file.length }
}
