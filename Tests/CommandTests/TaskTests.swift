import Foundation
import TestSupport
import Testing

@Suite("Points, texts and images; classes, numbers and classes of pixels")
struct TaskTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A line to train, what its examples are called, and the metrics of `evaluate --json`.
  static let runs: [(line: String, unit: String, metrics: Set<String>)] = [
    ("leapfrog-3 --dataset ellipses:count=100", "points/s", ["accuracy"]),
    ("dense-3 --dataset peaks:count=100", "points/s", ["accuracy"]),
    (
      "hamiltonian-3 --dataset peaks-regression:count=50", "points/s",
      ["rmse", "r2", "rmse_over_std"]
    ),
    (
      "parabolic-2 --widths 4 --dataset synthetic-shapes:count=40,size=8", "images/s",
      ["accuracy", "mean_iou"]
    ),
    ("vdcnn-9 --widths 4,4,4,4,8 --dataset ag-news --data news", "texts/s", ["accuracy"]),
  ]

  @Test("train and evaluate name the examples and the metrics", arguments: 0..<runs.count)
  func trains(number: Int) throws {
    let run = Self.runs[number]
    let news = (1...8).map { "\"\($0 % 4 + 1)\",\"Title \($0)\",\"Some text\"\n" }.joined()
    for part in ["train", "test"] { try scratch.write(news, to: "news/\(part).csv") }
    let line = "train \(run.line) --epochs 1 --batch-size 20 --threads 1 --output run"
    let ending = try Timestep.run(line, in: scratch)
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(ending.errors.contains(run.unit) && ending.output.contains(run.unit))
    let evaluated = try Timestep.run("evaluate run --json --logits run.npy", in: scratch)
    let result = try object(evaluated.output.utf8)
    #expect(Set(result.keys) == run.metrics.union(["loss", "examples"]), "\(evaluated)")
    let summary = try object(scratch.bytes("run/summary.json"))
    for metric in run.metrics {
      let final = summary["final_test_\(metric)"] as? Double
      #expect(final != nil && final == result[metric] as? Double, "\(metric)")
    }
    #expect(summary["images_per_second"] is Double)
    let text = try Timestep.run("evaluate run", in: scratch)
    #expect(text.output.contains(String(run.unit.dropLast(2))))
  }

  @Test("describe and list say what the examples are and what comes out")
  func describes() throws {
    let shapes = try Timestep.run("describe midpoint-3 --dataset synthetic-shapes", in: scratch)
    #expect(shapes.status == 0 && shapes.output.contains("images [1, 32, 32]"))
    #expect(shapes.output.contains("3 classes at each pixel"))
    let line = "describe antisymmetric-3 --dataset peaks-regression --json"
    let description = try object(Timestep.run(line, in: scratch).output.utf8)
    #expect(description["inputKind"] as? String == "points")
    #expect(description["output"] as? String == "1 number")
    let list = try Timestep.run("list datasets", in: scratch).output
    for text in [
      "classification of texts [1024]: 4 classes", "regression of points [2]: 1 number",
      "noise=0.3", "segmentation of images [1, 32, 32]: 3 classes at each pixel",
    ] {
      #expect(list.contains(text), "\(text)")
    }
  }

  @Test("The example with a data set of one's own trains and reads its run back")
  func ownDataset() throws {
    let program = Timestep.program("own-dataset")
    let ending = try Timestep.start(["mine"], of: program, in: scratch).finish()
    #expect(ending.status == 0, "\(ending.errors)")
    let numbers = ending.lines.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    #expect(numbers.count == 2 && numbers[0] == numbers[1] && numbers[0] < 0.3, "\(ending)")
    #expect(scratch.names(in: "mine").contains("config.yaml"))
  }
}
