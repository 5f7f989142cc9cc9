import Foundation
import TestSupport
import Testing

/// Options of a training on texts that takes a second.
private let tinyTexts = "vdcnn-9 --widths 4,4,4,4,8 --batch-size 16 --threads 1 --quiet"

@Suite("Runs on corrupted data, and predictions")
struct PredictTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try SmallImages.writeIDX(to: "images", of: scratch, train: 80, test: 20)
    try SmallTexts.write(to: "news", of: scratch)
  }

  private func train(_ options: String) throws -> [UInt8] {
    let ending = try Timestep.run("train \(options)", in: scratch)
    #expect(ending.status == 0, "\(ending)")
    let run = try #require(ending.lines.last)
    let export = try Timestep.run("export \(run) --to \(run).safetensors", in: scratch)
    #expect(export.status == 0)
    return try scratch.bytes("\(run).safetensors")
  }

  @Test("Noise on images is in config.yaml, changes training, and repeats to the byte")
  func images() throws {
    let options = "\(tiny) --data images --epochs 2 --augmentation"
    let clean = try train("\(options) --output clean")
    let none = try train("\(options) --corruption none --output none")
    let zero = try train("\(options) --corruption pixel-noise:level=0 --output zero")
    #expect(clean == none && clean == zero)
    for kind in [
      "pixel-noise:fresh=no,level=0.5", "pixel-noise:fresh=yes,level=0.5", "label-noise:rate=0.5",
    ] {
      let name = String(kind.filter(\.isLetter))
      let noisy = try train("\(options) --corruption \(kind) --output \(name)")
      #expect(noisy != clean, "\(kind)")
      let configuration = String(decoding: try scratch.bytes("\(name)/config.yaml"), as: UTF8.self)
      #expect(configuration.contains("corruption: [") && configuration.contains(kind))
      let again = try train("--config \(name)/config.yaml --quiet --output again-\(name)")
      #expect(again == noisy, "\(kind)")
    }
  }

  @Test("Noise on texts and labels from a file; predictions of lines")
  func texts() throws {
    let labels = (0..<40).map { "\($0 % 3 + 1)\n" }.joined()
    try scratch.write(labels, to: "labels.txt")
    let options = "\(tinyTexts) --dataset ag-news --data news --max-steps 2"
    let clean = try train("\(options) --output clean")
    let noisy = try train("\(options) --corruption character-noise:level=0.3 --output noisy")
    let both = try train(
      "\(options) --corruption label-file:file=labels.txt --corruption character-noise:level=0.3 "
        + "--output both")
    #expect(clean != noisy && noisy != both)
    let ascii = try train(
      "\(tinyTexts) --dataset ag-news:alphabet=ascii,length=512 --data news --max-steps 1 "
        + "--output ascii")
    #expect(!ascii.isEmpty)
    #expect(try Timestep.run("predict ascii --text don't", in: scratch).status == 0)
    let configuration = String(decoding: try scratch.bytes("both/config.yaml"), as: UTF8.self)
    #expect(configuration.contains("label-file:file=\(scratch.path("labels.txt"))"))
    #expect(try train("--config both/config.yaml --quiet --output again") == both)

    try scratch.write("stocks fall\n\ngoal in the match\n", to: "lines.txt")
    let arguments = ["predict", "noisy", "lines.txt", "--text", "a robot", "--json"]
    let ending = try Timestep.start(arguments, in: scratch).finish()
    let answers = try #require(
      try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]])
    #expect(
      answers.map { $0["input"] as? String } == ["a robot", "stocks fall", "goal in the match"])
    for answer in answers {
      let entries = try #require(answer["entries"] as? [[String: Any]])
      let shares = entries.compactMap { $0["probability"] as? Double }
      #expect(shares.count == 4 && abs(shares.reduce(0, +) - 1) < 1e-5)
      #expect(shares == shares.sorted(by: >))
    }
    let two = try Timestep.run("predict noisy lines.txt --top 2", in: scratch)
    #expect(two.status == 0 && two.lines.count == 6 && two.lines[0] == "stocks fall", "\(two)")
    try scratch.write("\n", to: "empty.txt")
    for input in [
      BadInput("predict noisy empty.txt", 65, "empty.txt", "no text"),
      .init("predict noisy none.txt", 66, "none.txt"), .init("predict none --text a", 66, "none"),
      .init("predict noisy .", 65, "directory"),
    ] { try input.check(in: scratch) }
    #expect(try Timestep.run("predict noisy", in: scratch).status == 64)
    let empty = try Timestep.start(["predict", "noisy", "--text", " "], in: scratch).finish()
    #expect(empty.status == 64 && empty.errors.contains("--text: the text is empty"), "\(empty)")
    let none = try Timestep.run("predict noisy -", in: scratch)
    #expect(none.status == 65 && none.errors.contains("standard input: holds no text"), "\(none)")
    #expect(try Timestep.run("predict noisy --text a --top 0", in: scratch).status == 64)
  }

  @Test("Predictions of images and points")
  func imagesAndPoints() throws {
    _ = try train("\(tiny) --data images --max-steps 1 --output images-run")
    try scratch.write(
      Array("P5 28 28 255\n".utf8) + [UInt8](repeating: 9, count: 784), to: "a.pgm")
    try scratch.write(Array("P5 2 2 255\n".utf8) + [1, 2, 3, 4], to: "small.pgm")
    let image = try Timestep.run("predict images-run a.pgm", in: scratch)
    #expect(image.status == 0 && image.lines.count == 6 && image.lines[0] == "a.pgm", "\(image)")
    _ = try train(
      "\(tiny) --data images --dataset fashion-mnist:pooling=2 --test-limit 10 --max-steps 1 "
        + "--output pooled-run")
    let pooled = try Timestep.run("predict pooled-run a.pgm", in: scratch)
    #expect(pooled.status == 0 && pooled.lines.count == 6, "\(pooled)")
    let measured = try Timestep.run("evaluate pooled-run", in: scratch)
    #expect(measured.output.contains("Fashion-MNIST pooled 2 x 2, 10 images"), "\(measured)")
    _ = try train("dense-2 --max-steps 1 --threads 1 --quiet --output points-run")
    try scratch.write("0,0\n1.5,-0.5\n", to: "points.csv")
    try scratch.write("0,0,1\n", to: "three.csv")
    let points = try Timestep.run("predict points-run points.csv", in: scratch)
    #expect(points.status == 0 && points.lines.count == 6, "\(points)")
    for input in [
      BadInput("predict images-run small.pgm", 65, "small.pgm", "2 x 2", "28 x 28", "resize"),
      .init("predict pooled-run small.pgm", 65, "2 x 2", "28 x 28, pooled to 14 x 14"),
      .init("predict images-run points.csv", 65, "points.csv", "neither JPEG nor PNG"),
      .init("predict images-run --text a", 64, "takes no texts", "images"),
      .init("predict images-run -", 64, "standard input"),
      .init("predict points-run -", 65, "standard input", "no text"),
      .init("predict points-run three.csv", 65, "three.csv", "line 1", "2 finite numbers"),
    ] { try input.check(in: scratch) }
  }

  @Test("A class at each pixel is no prediction, whatever is given")
  func segmentation() throws {
    _ = try train(
      "parabolic-2 --widths 4 --dataset synthetic-shapes:count=20,size=8 --max-steps 1 --threads 1 "
        + "--quiet --output pixels")
    for inputs in ["none.png", "-", "--text a"] {
      try BadInput("predict pixels \(inputs)", 65, "pixels", "each pixel", "--logits")
        .check(in: scratch)
    }
  }

  @Test("Corruption that does not fit is refused with the reason")
  func errors() throws {
    try scratch.write("0\n1\n", to: "short.txt")
    let train = "train \(tiny) --data images --max-steps 1 --output run --corruption"
    for input in [
      BadInput("\(train) character-noise", 64, "fashion-mnist", "no texts", "list corruptions"),
      .init("describe vdcnn-9 --dataset ag-news --corruption pixel-noise", 64, "no images"),
      .init("\(train) pixel-nose", 64, "did you mean 'pixel-noise'?"),
      .init("\(train) pixel-noise:sigma=1", 64, "'sigma'", "Known: level"),
      .init("\(train) pixel-noise:level=-1", 64, "level=-1"),
      .init("\(train) label-noise:rate=2", 64, "rate=2"),
      .init("\(train) label-file", 64, "label-file:file=FILE"),
      .init("\(train) label-file:file=none.txt", 66, "none.txt"),
      .init("\(train) label-file:file=short.txt", 65, "short.txt", "after line 2", "80 training"),
    ] { try input.check(in: scratch) }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("run")))
  }
}
