import Foundation
import TimestepData
import TimestepDiagnostics
import TimestepTorch

/// `robust/fig17`: what the noise of training examples looks like, on images and on a headline, and how much it changes.
struct NoisePictures: Experiment {
  let id = "robust/fig17"
  let title = "noise on images and texts at each level"
  let source = "\(Robust.source), figure 17"
  let assumptions = [
    "Images of CIFAR-10, or of Fashion-MNIST where only that is on this machine; an image of each class. The levels of the "
      + "figure are lost; ours are 0, 0.1, 0.3, 0.5, 0.8, 1.",
    "The headline is the figure's. Shares of changed characters are over 2000 draws of noise.",
  ]

  private static let levels = (images: [0, 0.1, 0.3, 0.5, 0.8, 1], texts: [0, 0.1, 0.3, 0.5, 0.8])
  private static let headline =
    "video games good for children computer games can promote problem-solving and team-building in children, say "
    + "games industry experts."

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let descriptor = try Self.images(context.scale)
    let images = try descriptor.load(split: .train)
    let preparation = Preparation(normalization: descriptor.preparation(for: .train).normalization)
    let sheet = try SamplePicture(
      of: images, title: descriptor.title, preparation: preparation, seed: context.seed
    ).levels(Self.levels.images, perClass: 1)
    var table = DiagnosticTable(
      "noise", "How much noise changes", source: source,
      notes: [
        "Images: standard deviation of the change of normalised pixels. Texts: share of changed characters; expected is "
          + "(1 - (1 - 1/L)^floor(p L)) (1 - m / (26 L)) for L characters, m of them letters."
      ],
      columns: [
        Robust.part, .number("level", "noise level"), .number("measured", "measured change"),
        .number("expected", "expected change"),
      ])
    for level in Self.levels.images {
      let noisy = try PixelNoise(level: level).corrupted(images, seed: context.seed)
      let change = try Self.values(noisy, preparation) - Self.values(images, preparation)
      try table.append([
        "images", .number(level), .number(change.square().mean().squareRoot().scalar()),
        .number(level),
      ])
    }
    var lines = DiagnosticTable(
      "headline", "A headline at each level", source: source,
      columns: [.number("level", "noise level"), .text("text", "text")])
    let letters = TextAlphabet.reference.numbers(of: Self.headline)
    let texts = try TextDataset(
      name: "headline", split: .train, length: letters.count, classNames: ["headline"],
      labels: [Int32](repeating: 0, count: 2000),
      characters: (0..<2000).flatMap { _ in letters },
      ends: (1...2000).map { $0 * letters.count })
    for level in Self.levels.texts {
      guard
        let noisy = try CharacterNoise(level: level).corrupted(texts, seed: context.seed)
          as? TextDataset
      else { continue }
      try lines.append([.number(level), .text(TextAlphabet.text(of: noisy[0]))])
      let changed = zip(noisy.characters, texts.characters).count { $0 != $1 }
      try table.append([
        "texts", .number(level), .number(Double(changed) / Double(texts.characters.count)),
        .number(Self.expectedShare(letters, level: level)),
      ])
    }
    return ExperimentResult(
      DiagnosticResult(
        tables: [lines, table],
        plots: [
          Plot(
            "noise", "How much noise changes",
            subtitle: [
              "images: standard deviation of normalised pixels; texts: share of characters"
            ],
            layers: [
              .init(
                .line(dashed: true), of: table.name, x: .column("level"), y: .column("expected"),
                color: .datum("expected")),
              .init(
                .point(), of: table.name, x: .column("level"),
                y: .column("measured", includesZero: true, title: "change"),
                color: .datum("measured")),
            ], facet: .init("part", columns: 2, independentY: true), width: 300, height: 220)
        ], pages: ["noise-images.svg": try sheet.svg()]),
      claims: [claim(table, "images"), claim(table, "texts")])
  }

  private func claim(_ table: DiagnosticTable, _ part: TableValue) -> Claim {
    let pairs = zip(table.rows, zip(table.numbers("measured"), table.numbers("expected")))
      .filter { $0.0[0] == part }.map(\.1)
    let worst = pairs.map { abs($0 - $1) / max($1, 0.1) }.max() ?? .nan
    return Claim(
      "On \(part) noise changes as much as its level says (within 2 %)", worst < 0.02,
      "largest relative deviation \(worst.percent)")
  }

  /// The expected share of characters that differ: positions are drawn with replacement, and one of 26 letters is the
  /// letter that stood there.
  private static func expectedShare(_ characters: [UInt8], level: Double) -> Double {
    let count = Double(characters.count)
    let draws = (level * count).rounded(.down)
    let letters = Double(characters.count { (1...26).contains($0) })
    return (1 - pow(1 - 1 / count, draws)) * (1 - letters / (26 * count))
  }

  /// The first 256 examples as a network is given them, but for augmentation.
  private static func values(_ dataset: any Dataset, _ preparation: Preparation) throws -> Tensor {
    let loader = try BatchLoader(
      dataset: dataset,
      options: BatchOptions(batchSize: 256, shuffle: false, preparation: preparation, limit: 256))
    let batches = loader.batches(epoch: 0)
    defer { batches.cancel() }
    guard let batch = try batches.next() else {
      throw DiagnosticError(.badData, dataset.name, "holds no examples")
    }
    return try batch.tensors().inputs.cast(to: .float64)
  }

  /// CIFAR-10, or Fashion-MNIST where only that is there; noise in place of both at the smallest scale.
  private static func images(_ scale: ExperimentScale) throws -> DatasetDescriptor {
    for name in ["cifar-10", "fashion-mnist"] {
      let dataset = try DatasetCatalog.dataset(named: name)
      if (try? DatasetSearch().directory(of: dataset)) != nil { return dataset }
    }
    var options = RunOptions()
    options.dataset = "cifar-10"
    if scale == .smoke { _ = try DataStandIn.replace(in: &options) }
    return try DatasetCatalog.dataset(named: options.dataset ?? "cifar-10")
  }
}
