import Foundation
import TimestepData
import TimestepLayers
import TimestepTorch

/// The state of a training in a directory that appears by one rename and proves that it is whole.
///
/// ```
/// step-00000938/parameters.safetensors   parameters and buffers under their paths
/// step-00000938/optimizer.safetensors    the optimiser's tensors
/// step-00000938/generators.safetensors   the states of generators of random numbers
/// step-00000938/state.json               step, place in the epoch, running sums, epochs so far
/// step-00000938/config.yaml              the configuration, where the writer gives one
/// step-00000938/skipped-files.json       damaged files of the data set that were passed over, where there are some
/// step-00000938/manifest.json            size and SHA-256 of each of these
/// ```
public struct Checkpoint: Sendable {
  /// The directory.
  public let url: URL
  /// Its name.
  public let name: CheckpointName
  /// The version of libtorch that computed it.
  public let libtorch: String

  /// The file of parameters inside a checkpoint.
  public static let parametersFile = "parameters.safetensors"
  private static let optimizerFile = "optimizer.safetensors"
  private static let generatorsFile = "generators.safetensors"
  private static let stateFile = "state.json"
  private static let skippedFile = "skipped-files.json"
  /// A hundred thousand epochs take less.
  private static let stateSizeLimit = 100_000_000
  /// The file of the configuration, which a writer may add.
  public static let configurationFile = "config.yaml"

  /// Every file that a checkpoint of this version may hold.
  static let fileNames = [
    parametersFile, optimizerFile, generatorsFile, stateFile, configurationFile,
    skippedFile, CheckpointManifest.name,
  ]

  /// The tensors and generators that a training changes.
  public struct Contents {
    /// The parameters and buffers.
    public let parameters: ParameterStore
    /// The optimiser.
    public let optimizer: any Optimizer
    /// The generators by name.
    public let generators: [String: Generator]
    /// The configuration as text, where there is one.
    public let configuration: String?
    /// The damaged files of the data set that were passed over so far.
    public let skipped: () -> [DataError]

    /// Names the parts.
    public init(
      _ parameters: ParameterStore, _ optimizer: any Optimizer,
      generators: [String: Generator] = [:], configuration: String? = nil,
      skipped: @escaping () -> [DataError] = { [] }
    ) {
      self.parameters = parameters
      self.optimizer = optimizer
      self.generators = generators
      self.configuration = configuration
      self.skipped = skipped
    }
  }

  /// Writes a checkpoint into a directory of checkpoints.
  ///
  /// Whatever fails, what was there before is as it was. A whole checkpoint of this name stays as it is.
  @discardableResult
  public static func write(
    _ contents: Contents, state: TrainingState,
    into directory: CheckpointDirectory
  ) throws -> Checkpoint {
    let name = CheckpointName(state)
    let target = directory.url.appendingPathComponent("\(name)")
    if FileManager.default.fileExists(atPath: target.path) {
      if let whole = try? directory.checkpoint(name) { return whole }
      try directory.moveAside(name)
    }
    let calls = FileCalls.current
    let temporary = directory.temporary(for: name)
    guard calls.makeDirectory(temporary.path) == 0 else {
      throw AtomicFile.failure(target.path, "cannot be created", creating: true)
    }
    do {
      try writeFiles(contents, state, to: temporary, naming: target)
      try AtomicFile.flushDirectory(temporary.path)
      guard calls.rename(temporary.path, target.path) == 0 else {
        throw AtomicFile.failure(target.path, "cannot be renamed into place", creating: true)
      }
    } catch {
      try? FileManager.default.removeItem(at: temporary)  // Made by this call alone.
      throw error
    }
    try AtomicFile.flushDirectory(directory.url.path)
    return Checkpoint(url: target, name: name, libtorch: Torch.version)
  }

  private static func writeFiles(
    _ contents: Contents, _ state: TrainingState, to temporary: URL, naming target: URL
  ) throws {
    var manifest = CheckpointManifest()
    func write(_ file: String, _ body: ((Data) throws -> Void) throws -> Void) throws {
      var hashed = HashedFile()
      try AtomicFile.writeDurably(
        to: temporary.appendingPathComponent(file).path,
        naming: target.appendingPathComponent(file).path, see: { hashed.append($0) }, body)
      manifest.files[file] = hashed.entry()
    }
    func write(_ file: String, _ data: Data) throws { try write(file) { sink in try sink(data) } }
    func write(_ file: String, _ tensors: Safetensors) throws {
      try write(file, tensors.encoded(for: target.appendingPathComponent(file).path))
    }
    let optimizer = contents.optimizer
    try write(parametersFile, contents.parameters.safetensors(metadata: ["step": "\(state.step)"]))
    try write(
      optimizerFile,
      Safetensors(
        optimizer.state, metadata: ["optimizer": optimizer.name, "steps": "\(optimizer.steps)"]))
    let generators = try contents.generators.sorted { $0.key < $1.key }
      .map { ($0.key, try Tensor($0.value.state())) }
    try write(generatorsFile, Safetensors(generators))
    try write(stateFile, try state.json())
    if let text = contents.configuration { try write(configurationFile, Data(text.utf8)) }
    let skipped = contents.skipped()
    if !skipped.isEmpty {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try write(skippedFile, try encoder.encode(skipped) + Data("\n".utf8))
    }
    let list = try manifest.json()
    try AtomicFile.writeDurably(
      to: temporary.appendingPathComponent(CheckpointManifest.name).path,
      naming: target.appendingPathComponent(CheckpointManifest.name).path
    ) { sink in try sink(list) }
  }

  /// The state, without the tensors.
  public func state() throws -> TrainingState {
    do {
      let path = file(Self.stateFile).path
      guard let data = try RegularFile.contents(of: path, limit: Self.stateSizeLimit) else {
        throw CheckpointError(
          checkpoint: url, problem: "\(Self.stateFile) has more than \(Self.stateSizeLimit) bytes")
      }
      return try TrainingState(json: data)
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw CheckpointError(checkpoint: url, problem: "\(Self.stateFile) cannot be read: \(error)")
    }
  }

  /// The damaged files of the data set that had been passed over; what cannot be read counts as none.
  public var skipped: [DataError] {
    let path = file(Self.skippedFile).path
    guard let data = try? RegularFile.contents(of: path, limit: Self.stateSizeLimit) else {
      return []
    }
    return (try? JSONDecoder().decode([DataError].self, from: data)) ?? []
  }

  /// The configuration that was saved with it; nil where there is none.
  public var configuration: String? {
    let path = file(Self.configurationFile).path
    let data = try? RegularFile.contents(of: path, limit: Self.stateSizeLimit)
    return data.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Sets the parts of a training to what was saved; they must be those of the same configuration.
  ///
  /// - Returns: where the training was.
  public func restore(_ contents: Contents) throws -> TrainingState {
    let state = try state()
    let parameters = file(Self.parametersFile)
    try contents.parameters.load(try Safetensors(contentsOf: parameters), from: parameters.path)
    let optimizer = try Safetensors(contentsOf: file(Self.optimizerFile))
    guard optimizer.metadata["optimizer"] == contents.optimizer.name,
      let steps = optimizer.metadata["steps"].flatMap(Int.init)
    else {
      throw CheckpointError(
        checkpoint: url, problem: "is not of the optimiser \(contents.optimizer.name)")
    }
    try contents.optimizer.restore(optimizer, steps: steps)
    let generators = try Safetensors(contentsOf: file(Self.generatorsFile))
    for (name, generator) in contents.generators {
      guard let saved = generators[name] else {
        throw CheckpointError(checkpoint: url, problem: "has no generator '\(name)'")
      }
      try generator.restore(try saved.scalars(UInt8.self))
    }
    return state
  }

  private func file(_ name: String) -> URL { url.appendingPathComponent(name) }
}
