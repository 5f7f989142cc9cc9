import Foundation
import TestSupport
import Testing

@Suite("From training to exported weights")
struct RunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Plain and compressed files hold the same images, so that both trainings are the same.
  @Test("train, evaluate and export agree, from plain and from compressed files")
  func images() throws {
    try SmallImages.writeIDX(to: "plain", of: scratch)
    try SmallImages.writeIDX(to: "packed/fashion-mnist", of: scratch, compressed: true)
    for data in ["plain", "packed"] {
      let line = "train \(tiny) --epochs 2 --data \(data) --output runs/\(data)"
      let ending = try Timestep.run(line, in: scratch)
      #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
      #expect(ending.lines.last == "runs/\(data)")
      #expect(
        scratch.names(in: "runs/\(data)")
          == ["checkpoints", "config.yaml", "metrics.csv", "summary.json"])
      let summary = try object(scratch.bytes("runs/\(data)/summary.json"))
      #expect(summary["status"] as? String == "completed" && summary["steps"] as? Int == 26)

      let line2 = "evaluate runs/\(data) --json --logits \(data).npy"
      let evaluated = try Timestep.run(line2, in: scratch)
      let result = try object(evaluated.output.utf8)
      #expect(result["accuracy"] as? Double == summary["final_test_accuracy"] as? Double)
      #expect(result["loss"] as? Double == summary["final_test_loss"] as? Double)
      #expect(result["examples"] as? Int == 100 && result["top5_accuracy"] is Double)
      #expect(try scratch.bytes("\(data).npy").count == 128 + 4 * 100 * 10)
      for file in ["a", "b"] {
        let export = "export runs/\(data) --to \(data)-\(file).safetensors"
        let exported = try Timestep.run(export, in: scratch)
        #expect(exported.status == 0 && exported.output == "\(data)-\(file).safetensors\n")
      }
    }
    let weights = try ["plain-a", "plain-b", "packed-a", "packed-b"].map {
      try scratch.bytes("\($0).safetensors")
    }
    #expect(weights.allSatisfy { $0 == weights[0] } && weights[0].count > 1000)
    #expect(try scratch.bytes("plain.npy") == scratch.bytes("packed.npy"))
  }

  @Test("CIFAR-10 in its official layout, found by TIMESTEP_DATA; the summary as JSON")
  func cifar() throws {
    try SmallImages.writeCIFAR10(to: "all/cifar-10/cifar-10-batches-bin", of: scratch)
    let line = "train \(tiny) --dataset cifar-10 --max-steps 3 --json"
    let ending = try Timestep.run(line, in: scratch, environment: ["TIMESTEP_DATA": "all"])
    #expect(ending.status == 0, "\(ending.errors)")
    let printed = try object(ending.output.utf8)
    #expect(printed["directory"] as? String == "runs/resnet-8-cifar-10-1")
    let summary = try #require(printed["summary"] as? [String: Any])
    #expect(summary["dataset"] as? String == "cifar-10" && summary["steps"] as? Int == 3)
    let saved = try object(scratch.bytes("runs/resnet-8-cifar-10-1/summary.json"))
    #expect(summary as NSDictionary == saved as NSDictionary)
  }

  @Test("Without --output each run gets the next free name")
  func names() throws {
    let line = "train dense-2 --max-steps 1 --threads 1"
    for number in 1...2 {
      let ending = try Timestep.run(line, in: scratch)
      #expect(ending.lines.last == "runs/dense-2-two-moons-\(number)")
      #expect(ending.errors.contains("dense-2, "))
      #expect(!ending.errors.contains("\u{1B}"), "no bar where there is no terminal")
    }
    #expect(scratch.names(in: "runs") == ["dense-2-two-moons-1", "dense-2-two-moons-2"])
  }

  @Test(
    "A training that diverges ends with 3 and a complete run", arguments: ["", " --max-steps 1"])
  func diverges(options: String) throws {
    let line = "train dense-5 --epochs 2 --learning-rate 1e30 --threads 1 --quiet --output run"
    let ending = try Timestep.run(line + options, in: scratch)
    #expect(ending.status == 3 && ending.lines.last == "run")
    #expect(ending.errors.hasPrefix("error: training diverged: the "), "\(ending.errors)")
    #expect(ending.errors.contains("learning rate may help"))
    #expect(ending.errors.contains("first in the value of "), "\(ending.errors)")
    #expect(ending.errors.contains("gradient norm after over before a block, in step 1"))
    #expect(ending.errors.contains("are saved in run/checkpoints/step-"))
    let summary = try object(scratch.bytes("run/summary.json"))
    let divergence = try #require(summary["divergence"] as? [String: Any])
    #expect(divergence["origin"] as? String == "value" && divergence["layer"] is String)
    let ratios = try #require(divergence["gradient_norm_ratios"] as? [String: Any])
    #expect(ratios["step"] as? Int == 1 && (ratios["blocks"] as? [Any])?.count == 4)
    #expect(summary["status"] as? String == "diverged" && summary["message"] is String)
    #expect(
      scratch.names(in: "run") == ["checkpoints", "config.yaml", "metrics.csv", "summary.json"])
    let evaluated = try Timestep.run("evaluate run --json", in: scratch)
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    #expect(try object(evaluated.output.utf8)["loss"] as? String == "nan")
  }
}
