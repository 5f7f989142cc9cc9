import Foundation
import TimestepCommand
import TimestepData
import TimestepTorch

/// The most examples of a class in a row of a picture, and the most rows.
private let most = (examples: 100, rows: 1000)

/// `timestep data show`
func runDataShow(_ command: DataShowCommand) throws {
  let dataset = try DatasetCatalog.dataset(named: command.name).resolved(
    directory: command.directory)
  try check(command, for: dataset)
  let data = try dataset.load(
    split: command.split == .train ? .train : .test, directory: command.directory)
  if let texts = data as? TextDataset { return try show(texts, command) }
  var preparation = dataset.preparation(for: .train)
  if !command.augmentation { preparation.augmentation = .none }
  let samples = SamplePicture(
    of: data,
    title: dataset.choice == dataset.name ? dataset.title : "\(dataset.title) (\(dataset.choice))",
    preparation: preparation, seed: command.seed)
  if data.elementKind != .images {
    let plot = try samples.plot(Array(0..<min(command.count ?? 1000, data.count)))
    try write(command, dataset, picture: plot.picture(), svg: plot.svg(), explain: plot.legend)
    return
  }
  let sheet = try sheet(of: samples, command)
  try write(
    command, dataset, picture: sheet.picture(), svg: sheet.svg(), explain: sheet.legend,
    rows: sheet.rows.map(\.title), columns: sheet.columns)
}

/// Throws for options that do not go together, or not with the data set.
private func check(_ command: DataShowCommand, for dataset: DatasetDescriptor) throws {
  func refuse(_ message: String) -> CommandError { CommandError(status: .usage, message: message) }
  if let count = command.count, count < 1 { throw refuse("--count \(count): expected 1 or more") }
  if let level = command.noiseLevels?.values.first(where: { !$0.isFinite || $0 < 0 }) {
    throw refuse("--noise-levels \(level): expected finite numbers, 0 or more")
  }
  if command.noiseLevels != nil, dataset.elementKind == .points {
    throw refuse("--noise-levels: \(dataset.name) has neither images nor texts")
  }
  if command.augmentation, dataset.preparation.augmentation == .none {
    throw refuse(
      "--augmentation: examples of \(dataset.name) are \(dataset.elementKind.rawValue) that are not augmented"
    )
  }
  if let output = command.output {
    if dataset.elementKind == .texts {
      throw refuse("--output: texts are printed; leave the option out")
    }
    guard ["png", "svg"].contains(format(of: output)) else {
      throw refuse("--output \(output): expected a name that ends in .png or .svg")
    }
  }
}

private func format(of file: String) -> String {
  URL(fileURLWithPath: file).pathExtension.lowercased()
}

/// The pictures that a command asks for.
private func sheet(of samples: SamplePicture, _ command: DataShowCommand) throws -> ContactSheet {
  let levels = command.noiseLevels?.values
  let task = samples.dataset.task
  let isSegmentation = task.kind == .segmentation
  let classes = isSegmentation ? 1 : max(task.classNames.count, 1)
  let limit = levels == nil && !isSegmentation ? most.examples : max(most.rows / classes, 1)
  if let count = command.count, count > limit {
    throw CommandError(
      status: .usage,
      message: "--count \(count): a picture shows at most \(limit) examples"
        + (isSegmentation ? "" : " of a class"))
  }
  if isSegmentation {
    return try samples.segmentation(
      Array(0..<min(command.count ?? 8, samples.dataset.count)), levels: levels ?? [0])
  }
  return try levels.map { try samples.levels($0, perClass: command.count ?? 1) }
    ?? samples.classes(perClass: command.count ?? 10)
}

/// Writes a picture in the format that its name asks for; what an SVG says itself is printed beside a PNG.
private func write(
  _ command: DataShowCommand, _ dataset: DatasetDescriptor, picture: Picture,
  svg: @autoclosure () throws -> String, explain legend: [Legend], rows: [String] = [],
  columns: [String] = []
) throws {
  let file = command.output ?? "\(dataset.name).png"
  let isSVG = format(of: file) == "svg"
  try AtomicFile.write(
    try isSVG ? Data(svg().utf8) : Data(picture.png()), to: URL(fileURLWithPath: file))
  if !isSVG {
    for (what, names) in [
      ("columns", columns), ("rows", rows),
      ("colours", legend.map { "\(Picture.Color.name(of: $0.color)) \($0.meaning)" }),
    ] where !names.isEmpty {
      printError("\(what): \(names.joined(separator: ", "))")
    }
  }
  print(file)
}

extension Picture.Color {
  /// What people call a colour of the palette, or the ends of the scale for numbers.
  fileprivate static func name(of color: Picture.Color) -> String {
    let names = [
      "blue", "orange", "green", "red", "purple", "brown", "pink", "grey", "olive", "cyan",
    ]
    return palette.firstIndex(of: color).map { names[$0] }
      ?? (color == .diverging(1) ? "red" : "blue")
  }
}

/// Prints the first texts of each class, a line for each level of noise.
private func show(_ texts: TextDataset, _ command: DataShowCommand) throws {
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
