import Foundation
import TimestepTorch
import TimestepTraining

/// A row of `layer-norms.csv` for every so many steps of a training: `step,epoch`, and two norms for each layer.
public final class LayerNormLog: DiagnosticLog {
  /// The file's name.
  public static let fileName = "layer-norms.csv"
  public let name = LayerNormLog.fileName
  public private(set) var cost = FollowingCost(LayerNorms().name)
  private let file: AppendedFile
  private let layers: [LayerNorms.Layer]
  private let interval: Int

  init(_ directory: URL, _ layers: [LayerNorms.Layer], every interval: Int, keeping length: Int)
    throws
  {
    self.layers = layers
    self.interval = interval
    file = try AppendedFile(lines: directory.appendingPathComponent(Self.fileName), keeping: length)
  }

  public func receive(_ event: TrainingEvent) throws {
    cost.note(event)
    guard case .step(let record) = event, record.step.isMultiple(of: interval) else { return }
    let start = ContinuousClock.now
    if file.length == 0 {
      let names =
        ["step", "epoch"]
        + layers.flatMap { ["weight \($0.number) \($0.path)", "gradient \($0.number) \($0.path)"] }
      try file.append(Data((names.joined(separator: ",") + "\n").utf8))
    }
    var row = ["\(record.step)", "\(record.epoch + 1)"]
    for layer in layers {
      row.append(try layer.weight.value.length().digits)
      row.append(try layer.weight.value.gradient?.length().digits ?? "")
    }
    try file.append(Data((row.joined(separator: ",") + "\n").utf8))
    cost.rows += 1
    cost.add(since: start)
  }

  public func flush() throws -> Int { try file.flush() }
  public var length: Int { file.length }
}
