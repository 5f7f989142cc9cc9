import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// That a model consists of numbers, before anything is measured on it.
extension DiagnosticContext {
  /// Looks for the first parameter or buffer, and where states are looked at for the first layer, that is not finite.
  ///
  /// States are those of a few training examples in an evaluation pass. What looks at no weights, such as the histories of
  /// runs, is not refused.
  ///
  /// - Throws: ``DiagnosticError`` of kind `badData` that names it and its block.
  func checkNumbers(_ input: DiagnosticInput) throws {
    guard input == .network || input == .trainedRun, let network else { return }
    for parameter in network.parameters.all {
      guard try parameter.value.dataType.isFloatingPoint, try !parameter.value.isAllFinite else {
        continue
      }
      let kind = parameter.isTrainable ? "parameter" : "buffer"
      throw notFinite("the \(kind) \(place(parameter.path, of: network)) holds numbers")
    }
    guard input == .trainedRun, let data else { return }
    let inputs = try data.batch(of: .train, examples: 8).inputs
    if try inputs.dataType.isFloatingPoint, try !inputs.isAllFinite {
      throw DiagnosticError(
        .badData, label,
        "the training examples hold numbers that are not finite; see 'timestep data check'")
    }
    if let path = try NetworkPasses(network: network).firstNonFinite(of: inputs) {
      throw notFinite("the layer \(place(path, of: network)) gives numbers")
    }
  }

  /// A path with the number of its block.
  private func place(_ path: String, of network: ResidualNetwork) -> String {
    let block = BlockPlace(containing: path, of: network)
    return block.number > 0 ? "\(path) of block \(block.number)" : path
  }

  private func notFinite(_ what: String) -> DiagnosticError {
    DiagnosticError(
      .badData, label,
      "\(what) that are not finite, as after a training that diverged; move the newest folder away from "
        + "\(directory?.path ?? "RUN")/checkpoints to look at an earlier one, or train again with a smaller learning rate or "
        + "step size")
  }
}
