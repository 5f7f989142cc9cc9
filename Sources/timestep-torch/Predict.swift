import Foundation
import TimestepCommand
import TimestepData
import TimestepExperiments
import TimestepTorch

/// `timestep predict`
func runPredict(_ command: PredictCommand) throws {
  var given = RunOptions()
  given.device = command.device?.rawValue
  given.threads = command.threads
  let run = try SavedRun(RunDirectory(URL(fileURLWithPath: command.run)), overriding: given)
  let predictions = try run.predict(command)
  if command.json { return try printJSON(predictions) }
  for prediction in predictions {
    print(prediction.input)
    for entry in prediction.entries {
      let number =
        entry.probability.map { String(format: "%6.2f %%", 100 * $0) }
        ?? String(format: "%12.6g", entry.value ?? .nan)
      print("  \(number)  \(entry.name)")
    }
  }
}

extension SavedRun {
  /// Reads the inputs that the command names, in the form that the network takes.
  fileprivate func predict(_ command: PredictCommand) throws -> [Prediction] {
    try checkThatItPredicts()
    let reader = InputReader(for: configuration.dataset)
    let title = configuration.dataset.title
    guard takesTexts || command.text.isEmpty else {
      throw CommandError(
        status: .usage,
        message: "--text: the network was trained on \(title) and takes no texts; name files of "
          + (takesImages ? "images" : "points"))
    }
    if takesImages {
      guard !command.files.contains("-") else {
        throw CommandError(
          status: .usage, message: "-: images are not read from standard input; name their files")
      }
      // No more images are held at a time than a few batches have.
      return try stride(from: 0, to: command.files.count, by: 256).flatMap { start in
        let files = Array(command.files[start..<min(start + 256, command.files.count)])
        return try predict(reader.images(files), names: files, top: command.top)
      }
    }
    if takesTexts {
      let texts = try command.text + command.files.flatMap { try Self.lines($0).map(\.text) }
      return try predict(reader.texts(texts), names: texts, top: command.top)
    }
    return try command.files.flatMap { file in
      let lines = try Self.lines(file)
      return try predict(
        reader.points(lines, from: Self.name(file)), names: lines.map(\.text), top: command.top)
    }
  }

  /// What messages call a file.
  private static func name(_ file: String) -> String { file == "-" ? "standard input" : file }

  /// The lines of a file, or of standard input for `-`.
  private static func lines(_ file: String) throws -> [InputLine] {
    guard file == "-" else { return try InputLine.lines(of: file) }
    do {
      let data = try FileHandle.standardInput.readToEnd() ?? Data()
      return try InputLine.lines(of: Array(data), from: name(file))
    } catch let error as DataError {
      throw error
    } catch {
      throw CommandError(status: .inputOutputFailed, message: "standard input: \(error)")
    }
  }
}
