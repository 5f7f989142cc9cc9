import Foundation
import Testing
import TimestepDiagnostics
import TimestepNetworks
import TimestepData
import TimestepTorch
import TimestepTraining

/// Gradient norms at the boundaries of blocks, against PyTorch's hooks on the same weights and batch
/// (`Tests/Golden/gradient_ratios.py`).
@Suite("Gradient-norm ratios and PyTorch's hooks")
struct GoldenRatioTests {
  @Test("Norms and ratios agree in float64", arguments: ["resnet", "procresnet"])
  func ratios(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = try Safetensors(
      contentsOf: folder.appendingPathComponent("Golden/gradient-ratios-\(name).safetensors"))
    let data = file.metadata
    let shape = (data["input_shape"] ?? "").split(separator: ",").compactMap { Int($0) }
    var options = NetworkOptions()
    options.h = data["option.h"].flatMap(Double.init)
    options.widths = data["option.widths"]?.split(separator: ",").compactMap { Int($0) }
    let network = try NetworkCatalog.make(
      data["network"] ?? "", options,
      task: NetworkTask(
        inputShape: Array(shape.dropFirst()), classes: data["classes"].flatMap { Int($0) } ?? 0),
      dataType: .float64)
    let weights = file.tensors.filter { $0.name.hasPrefix("weights/") }
      .map { (String($0.name.dropFirst("weights/".count)), $0.tensor) }
    try network.parameters.load(Safetensors(weights), from: name)
    let batch = TensorBatch(
      inputs: try #require(file["input"]), targets: try #require(file["labels"]), count: shape[0])
    let (probe, loss) = try NetworkPasses(network: network).gradientNorms(
      of: batch, ClassificationObjective(classes: 3), isTraining: true, seesStem: true)
    let expectedLoss = try #require(file["loss"]).scalar()
    #expect(abs(loss - expectedLoss) < 1e-12)

    let expected = try #require(file["norms"]).scalars(Double.self)
    let paths = (data["paths"] ?? "").split(separator: ",").map(String.init)
    let found = probe.gradientNorms
    #expect(found.map(\.path) == paths)
    for (norm, other) in zip(found.map(\.norm), expected) { #expect(abs(norm / other - 1) < 1e-9) }
    let ratios = try #require(GradientRatios(probe, step: 1))
    #expect(ratios.blocks.map(\.path) == Array(paths.dropFirst()))
    var worst = 0.0
    for (index, block) in ratios.blocks.enumerated() {
      let difference = abs(block.ratio - expected[index + 1] / expected[index])
      worst = max(worst, difference)
      #expect(difference < 1e-8, "\(block.path)")
    }
    print("golden gradient ratios, \(name): at most \(worst)")
  }
}
