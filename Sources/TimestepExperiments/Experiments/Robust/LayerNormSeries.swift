import Foundation
import TimestepDiagnostics

/// The norms of a layer's weight and of its gradient in every step of a training, as `layer-norms.csv` has them.
struct LayerNormSeries {
  /// The number of the layer in the order of evaluation; the stem's is 1.
  let layer: Int
  /// Its place in the network.
  let path: String
  /// The steps from 1 on, or from 0 on, as they stand in the file.
  let steps: [Double]
  let weights: [Double]
  let gradients: [Double]

  /// Number and place.
  var label: String { "layer \(layer) (\(path))" }

  /// The layers that a training followed, from the input on.
  ///
  /// - Throws: ``RunError`` where it followed none.
  static func all(of outcome: TrialOutcome) throws -> [LayerNormSeries] {
    guard let log = try outcome.log(LayerNormLog.fileName), let steps = log["step"] else {
      throw RunError(
        .badData,
        "\(outcome.directory.url.path): has no \(LayerNormLog.fileName); remove the run to repeat it"
      )
    }
    return log.columns.compactMap { column in
      let parts = column.split(separator: " ")
      guard parts.count == 3, parts[0] == "weight", let number = Int(parts[1]),
        let weights = log[column], let gradients = log["gradient \(parts[1]) \(parts[2])"]
      else { return nil }
      return LayerNormSeries(
        layer: number, path: String(parts[2]), steps: steps, weights: weights,
        gradients: gradients)
    }
  }

  /// The rows to draw: the first 200, then as many as a line on a screen shows.
  var drawnRows: [Int] {
    let stride = max(1, (steps.count - 200) / 800)
    return steps.indices.filter { $0 < 200 || $0 % stride == 0 || $0 == steps.count - 1 }
  }
}
