import Foundation
import TestSupport
import Testing

@Suite("The command data")
struct DataTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try SmallImages.writeIDX(to: "sets/fashion-mnist", of: scratch, train: 40, test: 20)
    try SmallTexts.write(to: "news", of: scratch)
  }

  private var environment: [String: String] { ["TIMESTEP_DATA": scratch.path("sets")] }

  private func run(_ line: String) throws -> Ending {
    try Timestep.run(line, in: scratch, environment: environment)
  }

  private func check(_ inputs: [BadInput]) throws {
    for input in inputs { try input.check(in: scratch, environment: environment) }
  }

  @Test("list says what is where, and how to get the rest")
  func list() throws {
    let ending = try run("data list --json")
    let sets = try #require(
      try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]])
    let fashion = try #require(sets.first { $0["name"] as? String == "fashion-mnist" })
    #expect(fashion["directory"] as? String == scratch.path("sets/fashion-mnist"))
    #expect(fashion["train"] as? Int == 60_000 && fashion["advice"] == nil)
    let text = try run("data list").output
    #expect(text.contains("timestep data fetch mnist"))
    #expect(text.contains("made as it is asked for"))
  }

  @Test("check reports, and ends with 65 for what is wrong and 66 for what is missing")
  func check() throws {
    for name in ["two-moons", "two-moons:noise=0.1"] {
      let good = try run("data check \(name)")
      #expect(good.status == 0 && good.output.contains("500 of each class"), "\(good)")
      #expect(good.lines[0] == "Two moons, made as it is asked for")
    }
    let small = try run("data check fashion-mnist")
    #expect(small.status == 65 && small.output.contains("40 of 60,000 examples"), "\(small)")
    #expect(small.errors.contains("SHA-256") && small.errors.contains("of 6 problems"))
    let json = try object(run("data check fashion-mnist --json").output.utf8)
    #expect((json["problems"] as? [String])?.count == 6)
    try FileManager.default.removeItem(
      atPath: scratch.path("sets/fashion-mnist/train-labels-idx1-ubyte"))
    let missing = try run("data check fashion-mnist")
    #expect(missing.status == 66 && missing.output.contains("missing"), "\(missing)")
    try check([
      .init("data check mnist", 66, "MNIST was not found", "timestep data fetch mnist"),
      .init("data check mnst", 64, "did you mean 'mnist'?"),
      .init("data check two-moons:nose=1", 64, "'nose'"),
      .init("data check mnist --data image-folder", 66, "name of a data set", "--dataset"),
      .init("data check image-folder", 66, "--data DIR", "train/CLASS/FILE"),
      .init("data check mnist --data nowhere", 66, "nowhere"),
    ])
  }

  @Test("check names the folder's parts and its damaged files, before anything else")
  func checkFolder() throws {
    try SmallImageFolder.write(to: "photos", of: scratch, side: 12, train: 3, test: 2)
    let good = try run("data check image-folder --data photos")
    #expect(good.status == 0, "\(good)")
    #expect(good.lines[0] == "Image folder in photos")
    #expect(good.output.contains("train: 6 of 6 examples in photos/train, 3 of each class"))
    #expect(good.output.contains("test: 4 of 4 examples in photos/val") && good.errors.isEmpty)
    try FileManager.default.copyItem(
      atPath: scratch.path("photos/val"), toPath: scratch.path("photos/test"))
    try scratch.write("no picture", to: "photos/train/red/1.png")
    let damaged = try run("data check image-folder --data photos")
    #expect(damaged.status == 65 && damaged.lines[1].hasPrefix("  problem: photos/train/red/1.png"))
    #expect(damaged.output.contains("4 of 4 examples in photos/test"), "\(damaged)")
    #expect(damaged.output.contains("photos/val: not used"))
    #expect(damaged.errors.contains("neither JPEG nor PNG"))
    #expect(!(damaged.errors + damaged.output).contains("--skip-corrupt"))
    let shown = try run("data show image-folder --data photos")
    #expect(shown.status == 65 && !shown.errors.contains("--skip-corrupt"), "\(shown)")
    let trained = try run("train resnet-8 --dataset image-folder --data photos --quiet")
    #expect(trained.status == 65 && trained.errors.contains("--skip-corrupt"), "\(trained)")
    for part in ["train", "val", "test"] {
      try FileManager.default.removeItem(atPath: scratch.path("photos/\(part)/blue"))
    }
    try check([
      .init("data check image-folder --data photos", 65, "one class, 'red'"),
      .init(
        "train resnet-8 --dataset image-folder --data photos --image-size 0", 65, "one class"),
    ])
  }

  @Test("What is chosen for a data set that it does not have is refused")
  func optionsOfOtherSets() throws {
    try SmallImageFolder.write(to: "photos", of: scratch, side: 12, train: 3, test: 2)
    let folder = "resnet-8 --dataset image-folder"
    try check([
      .init("train dense-5 --augmentation", 64, "augmentation", "two-moons"),
      .init("train vdcnn-9 --augmentation --dataset ag-news", 64, "augmentation", "ag-news"),
      .init("data show two-moons --augmentation", 64, "--augmentation", "two-moons"),
      .init("data show ag-news --data news --augmentation", 64, "--augmentation", "ag-news"),
      .init("train \(folder) --data photos --image-size 0", 64, "--image-size 0", "8 to 4096"),
      .init("train resnet-8 --image-size 16", 64, "--image-size", "fashion-mnist"),
      .init("train \(folder)", 66, "--data DIR", "train/CLASS/FILE"),
      .init("train resnet-8 --quiet --data image-folder", 66, "name of a data set", "--dataset"),
    ])
    let missing = try run("train resnet-8 --data")
    #expect(missing.status == 64 && missing.errors.contains("Missing value for '--data"))
  }

  @Test("show writes pictures of images and points, and prints texts")
  func show() throws {
    for (line, file) in [
      ("fashion-mnist", "fashion-mnist.png"), ("two-moons --count 50 --output p.png", "p.png"),
      ("fashion-mnist --noise-levels 0,0.5 --augmentation --output n.png", "n.png"),
      ("fashion-mnist --split test --count 1 --output t.png", "t.png"),
      ("two-moons:noise=0.1 --output few-noise.png", "few-noise.png"),
      ("fashion-mnist:pooling=2 --count 1 --augmentation --output pooled.png", "pooled.png"),
      ("random-images --noise-levels 0,0.5 --augmentation --output r.png", "r.png"),
    ] {
      let ending = try run("data show \(line)")
      #expect(ending.status == 0 && ending.output == "\(file)\n", "\(ending)")
      #expect(try scratch.bytes(file).prefix(4) == [0x89, 0x50, 0x4e, 0x47])
    }
    let noisy = try run("data show fashion-mnist --noise-levels 0,0.5 --output n.svg")
    #expect(noisy.status == 0 && noisy.output == "n.svg\n" && noisy.errors.isEmpty, "\(noisy)")
    let svg = String(decoding: try scratch.bytes("n.svg"), as: UTF8.self)
    #expect(["ankle boot</text>", "noise 0.5</text>", "Fashion-MNIST"].allSatisfy(svg.contains))
    let again = try run("data show fashion-mnist --output again.png")
    #expect(again.status == 0)
    #expect(try scratch.bytes("again.png") == scratch.bytes("fashion-mnist.png"))
    let texts = try run("data show ag-news --data news --noise-levels 0,0.5")
    #expect(texts.status == 0 && texts.lines.count == 12, "\(texts)")
    #expect(texts.lines[0] == "World" && texts.lines[1].hasPrefix("  0.0  peace"))
    #expect(texts.lines[2].hasPrefix("  0.5  ") && texts.lines[2].count == texts.lines[1].count)
    #expect(texts.lines[2].dropFirst(7) != texts.lines[1].dropFirst(7))
  }

  @Test("show refuses what makes no sense")
  func showErrors() throws {
    try check([
      .init("data show fashion-mnist --count 0", 64, "count 0"),
      .init("data show fashion-mnist --noise-levels=-1", 64, "-1"),
      .init("data show two-moons --noise-levels 0,1", 64, "neither images nor texts"),
      .init("data show ag-news --data news --noise-levels 2", 64, "0 to 1"),
      .init("data show ag-news --data news --output a.png", 64, "printed"),
      .init("data show two-moons --output a.jpg", 64, "a.jpg", ".svg"),
      .init("data show ag-news --data nowhere", 66, "nowhere"),
    ])
    let ending = try run("data show fashion-mnist --output none/a.png")
    #expect(ending.status == 73 && ending.output.isEmpty, "\(ending)")
  }

  @Test("fetch says what keeps it from fetching")
  func fetchErrors() throws {
    let server = try FileServer(of: scratch.path("sets"), in: scratch)
    let names = ["train-images", "train-labels", "t10k-images", "t10k-labels"]
    for name in names {
      try scratch.write(
        "not the file", to: "sets/\(name)-idx\(name.hasSuffix("s") ? 1 : 3)-ubyte.gz")
    }
    try scratch.write("not the file", to: "sets/train-images-idx3-ubyte.gz")
    try scratch.write("", to: "file")
    let fetch = "data fetch mnist --to new --quiet --mirror"
    try check([
      .init("\(fetch) \(server.address)/nothing", 69, "404", "--mirror"),
      .init("\(fetch) \(server.address)/good", 65, "SHA-256", "train-images-idx3-ubyte.gz"),
      .init("\(fetch) \(server.address)/broken", 74, "broke off after 6 bytes", "again"),
      .init("\(fetch) nowhere", 64, "--mirror nowhere", "https://HOST/FOLDER"),
      .init("\(fetch) http://nowhere.invalid", 69, "nowhere.invalid", "--mirror"),
      .init("data fetch mnist --to file --mirror \(server.address)/good --quiet", 73, "file"),
      .init("data fetch two-moons", 64, "nothing to fetch"),
      .init("data fetch minst", 64, "did you mean 'mnist'?"),
    ])
    server.stop()
    try check([.init("\(fetch) \(server.address)/good", 69, "cannot be fetched", "--mirror")])
    let without = try Timestep.run(
      "\(fetch) \(server.address)/good", in: scratch, environment: ["PATH": "/nowhere"])
    #expect(without.status == 69 && without.errors.contains("curl is not installed"), "\(without)")
  }

  private static let real = Timestep.package.appendingPathComponent(".data/fashion-mnist").path

  @Test(
    "fetch gets a whole set, which check then finds in order",
    .enabled(if: FileManager.default.fileExists(atPath: real)))
  func fetch() throws {
    let server = try FileServer(of: Self.real, in: scratch)
    let line = "data fetch fashion-mnist --to new --mirror \(server.address)/half"
    let ending = try run(line)
    #expect(ending.status == 0 && ending.output == "new\n", "\(ending)")
    #expect(scratch.names(in: "new").count == 4)
    let checked = try run("data check fashion-mnist --data new")
    #expect(checked.status == 0 && checked.output.contains("official"), "\(checked)")
  }
}
