import Foundation
import TimestepLayers
import TimestepTorch

/// The state of a training in a directory: parameters, what the optimiser remembers, and where the training was.
///
/// ```
/// step-00000938/parameters.safetensors   parameters and buffers under their paths
/// step-00000938/optimizer.safetensors    the optimiser's tensors
/// step-00000938/state.json               the step, and what the writer adds
/// ```
public enum Checkpoint {
  /// The file of parameters inside a checkpoint.
  public static let parametersFile = "parameters.safetensors"

  /// Writes a checkpoint into a directory of checkpoints; it appears whole, by one rename.
  ///
  /// - Returns: the checkpoint's directory.
  @discardableResult
  public static func write(
    _ parameters: ParameterStore, _ optimizer: any Optimizer, step: Int, into directory: URL
  ) throws -> URL {
    let name = String(format: "step-%08d", step)
    let target = directory.appendingPathComponent(name)
    let temporary = directory.appendingPathComponent(
      ".\(name).part-\(ProcessInfo.processInfo.processIdentifier)")
    let files = FileManager.default
    func failure(_ error: any Error) -> AtomicFile.WriteError {
      .init(file: target.path, problem: error.localizedDescription, cannotCreate: true)
    }
    do {
      try files.createDirectory(at: temporary, withIntermediateDirectories: true)
    } catch { throw failure(error) }
    do {
      try parameters.safetensors(metadata: ["step": "\(step)"])
        .write(to: temporary.appendingPathComponent(parametersFile))
      try Safetensors(optimizer.state, metadata: ["optimizer": optimizer.name])
        .write(to: temporary.appendingPathComponent("optimizer.safetensors"))
      let state = try JSONEncoder().encode(["step": step, "optimizerSteps": optimizer.steps])
      try AtomicFile.write(state, to: temporary.appendingPathComponent("state.json"))
      guard rename(temporary.path, target.path) == 0 else {
        throw AtomicFile.WriteError(
          file: target.path,
          problem: "cannot be renamed into place: \(String(cString: strerror(errno)))",
          cannotCreate: true)
      }
    } catch {
      try? files.removeItem(at: temporary)
      throw error
    }
    return target
  }

  /// The step in a checkpoint's name; nil for other names.
  private static func step(of name: String) -> Int? {
    name.hasPrefix("step-") ? Int(name.dropFirst("step-".count)) : nil
  }

  /// The newest checkpoint in a directory of checkpoints; nil when there is none.
  public static func newest(in directory: URL) -> URL? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.compactMap { name in step(of: name).map { (name, $0) } }
      .max { $0.1 < $1.1 }
      .map { directory.appendingPathComponent($0.0) }
  }
}
