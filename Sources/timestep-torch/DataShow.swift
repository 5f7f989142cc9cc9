import Foundation
import TimestepCommand
import TimestepData
import TimestepTorch

/// The most columns of a picture at several levels of noise.
private let mostColumns = 20

/// `timestep data show`
func runDataShow(_ command: DataShowCommand) throws {
  let dataset = try DatasetCatalog.dataset(named: command.name).resolved(
    directory: command.directory)
  if let count = command.count, count < 1 {
    throw CommandError(status: .usage, message: "--count \(count): expected 1 or more")
  }
  let levels = command.noiseLevels?.values
  if let level = levels?.first(where: { !$0.isFinite || $0 < 0 }) {
    throw CommandError(
      status: .usage, message: "--noise-levels \(level): expected finite numbers, 0 or more")
  }
  let data = try dataset.load(
    split: command.split == .train ? .train : .test, directory: command.directory)
  if let texts = data as? TextDataset { return try show(texts, command) }
  let isImages = data.elementKind == .images
  if !isImages, levels != nil {
    throw CommandError(
      status: .usage, message: "--noise-levels: \(dataset.name) has neither images nor texts")
  }
  var preparation = dataset.preparation(for: .train)
  if !command.augmentation { preparation.augmentation = .none }
  let samples = SamplePicture(of: data, preparation: preparation, seed: command.seed)
  let picture: Picture
  if !isImages {
    picture = try samples.plot(Array(0..<min(command.count ?? 1000, data.count)))
    explain(colors: dataset.task.classNames)
  } else if data.task.kind == .segmentation {
    let examples = Array(0..<min(command.count ?? 8, data.count))
    picture = try samples.segmentation(examples, levels: levels ?? [0])
    explain(colors: dataset.task.classNames)
  } else if let count = command.count, count > 100 {
    throw CommandError(
      status: .usage, message: "--count \(count): a picture shows at most 100 examples of a class")
  } else if let levels {
    let examples = samples.examples(perClass: command.count ?? 1).flatMap { $0 }
      .prefix(mostColumns)
    picture = try samples.grid(levels.map { (Array(examples), $0) })
    printError("rows: noise \(levels.map { "\($0)" }.joined(separator: ", "))")
  } else {
    picture = try samples.grid(
      samples.examples(perClass: command.count ?? 10).map { ($0, 0) })
    printError("rows: \(dataset.task.names.joined(separator: ", "))")
  }
  let file = command.output ?? "\(dataset.name).png"
  try AtomicFile.write(Data(try picture.png()), to: URL(fileURLWithPath: file))
  print(file)
}

/// Names the colours of the palette.
private func explain(colors names: [String]) {
  let colors = [
    "blue", "orange", "green", "red", "purple", "brown", "pink", "grey", "olive", "cyan",
  ]
  let pairs = names.prefix(colors.count).enumerated().map { "\(colors[$0]) \($1)" }
  if !pairs.isEmpty { printError("colours: \(pairs.joined(separator: ", "))") }
}

/// Prints the first texts of each class, a line for each level of noise.
private func show(_ texts: TextDataset, _ command: DataShowCommand) throws {
  if command.output != nil {
    throw CommandError(
      status: .usage, message: "--output: texts are printed; leave the option out")
  }
  let levels = command.noiseLevels?.values ?? [0]
  if let level = levels.first(where: { $0 > 1 }) {
    throw CommandError(
      status: .usage, message: "--noise-levels \(level): levels of texts are 0 to 1")
  }
  let noisy = try levels.map {
    try CharacterNoise(level: $0).corrupted(texts, seed: command.seed) as? TextDataset ?? texts
  }
  let samples = SamplePicture(of: texts, preparation: Preparation())
  for (name, examples) in zip(texts.classNames, samples.examples(perClass: command.count ?? 1)) {
    for index in examples {
      print(name)
      for (level, texts) in zip(levels, noisy) {
        print("  \(level)  \(TextAlphabet.text(of: texts[index]))")
      }
    }
  }
}
