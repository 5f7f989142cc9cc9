import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepLayers
import TimestepTorch
import TimestepTraining

/// Damaged checkpoints: each is refused with a `CheckpointError` that names it, or is whole.
///
/// A short time here; `TIMESTEP_FUZZ=100000` damages as many files.
@Suite(.serialized) struct CheckpointFuzzTests {
  private static let name = "step-00000012"

  private static func explain(_ error: any Error) -> DamagePlace? {
    guard let error = error as? CheckpointError else { return nil }
    return DamagePlace(file: error.checkpoint.path)
  }

  private static func written() throws -> (Scratch, Checkpoint.Contents) {
    let scratch = try Scratch()
    let store = ParameterStore(seed: 3)
    _ = try Linear(ParameterPath.root / "a", in: store, from: 4, to: 3)
    let contents = Checkpoint.Contents(
      store, try SGD(store.trainable), generators: ["noise": try Generator(seed: 5)],
      configuration: "network: dense-2\n",
      skipped: { [DataError(.badData, file: "/x/1.png", problem: "is damaged")] })
    var state = TrainingState()
    (state.step, state.batch, state.epochLoss, state.epochSums) = (12, 3, 0.1 + 0.2, [3, .nan])
    try Checkpoint.write(contents, state: state, into: CheckpointDirectory(scratch.url))
    return (scratch, contents)
  }

  /// Every file of a checkpoint, and the manifest alone.
  @Test(arguments: ["checkpoint", "manifest"])
  func damagedCheckpointsAreRefused(_ what: String) throws {
    let (scratch, _) = try Self.written()
    let names = scratch.names(in: Self.name)
    let reader = FuzzedReader(
      name: what,
      files: try names.map { ("\(Self.name)/\($0)", try scratch.bytes("\(Self.name)/\($0)")) },
      damaged: what == "manifest" ? ["\(Self.name)/manifest.json"] : nil,
      explain: Self.explain,
      read: { directory in
        let (newest, damaged) = CheckpointDirectory(URL(fileURLWithPath: directory)).newest()
        if let first = damaged.first { throw first }
        _ = try newest?.state()
        _ = newest?.skipped
      })
    let report = try reader.fuzz(count: 500)
    #expect(report.faults.isEmpty, "\(report.faults.prefix(5))")
    #expect(report.slowest < .seconds(5) && report.refused > report.count / 2, "\(report)")
    #expect(report.memory < 100 << 20, "\(report)")
  }

  /// The state and the list of passed-over files, with a manifest that says that they are whole.
  @Test(arguments: ["state.json", "skipped-files.json"])
  func damagedContentsAreRefused(_ file: String) throws {
    let (scratch, _) = try Self.written()
    let place = "\(Self.name)/\(file)"
    let reader = FuzzedReader(
      name: file, files: [(place, try scratch.bytes(place))], explain: Self.explain,
      read: { directory in
        let path = "\(directory)/\(place)"
        // What cannot be read has no sum, and is not whole.
        let data = (try? RegularFile.contents(of: path, limit: 1 << 20)).flatMap { $0 } ?? Data()
        var hash = SHA256()
        hash.update(data)
        let manifest =
          "{\"format\":1,\"libtorch\":\"0\",\"files\":{\"\(file)\":{\"bytes\":\(data.count),"
          + "\"sha256\":\"\(hash.hexadecimal())\"}}}"
        try Data(manifest.utf8).write(
          to: URL(fileURLWithPath: "\(directory)/\(Self.name)/manifest.json"))
        let (newest, damaged) = CheckpointDirectory(URL(fileURLWithPath: directory)).newest()
        if let first = damaged.first { throw first }
        if file == "state.json" { _ = try newest?.state() }
        _ = newest?.skipped
      })
    let report = try reader.fuzz(count: 300)
    #expect(report.faults.isEmpty, "\(report.faults.prefix(5))")
    #expect(report.slowest < .seconds(5), "\(report)")
    #expect(report.memory < 100 << 20, "\(report)")
  }
}
