import Foundation
import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

@Suite("Gradients that are shortened")
struct GradientClipTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/clipping.safetensors")

  @Test("Norm and gradients are those of PyTorch in float64", arguments: 0..<5)
  func golden(number: Int) throws {
    let file = try Safetensors(contentsOf: Self.golden)
    func tensor(_ name: String) throws -> Tensor { try #require(file["\(number)/\(name)"]) }
    let store = ParameterStore(dataType: .float64)
    let parameters = try (0..<3).map { index in
      let gradient = try tensor("before/\(index)")
      let parameter = try store.constant(
        .root / "p\(index)", shape: gradient.shape, value: 0, isTrainable: true)
      try parameter.value.setGradient(gradient.copied())
      return parameter
    }
    let norm = try GradientNorm.of(parameters)
    let expected = try tensor("norm").scalar()
    #expect(abs(norm - expected) <= 1e-14 * expected)
    try GradientNorm.clip(parameters, from: norm, to: try tensor("limit").scalar())
    for (index, parameter) in parameters.enumerated() {
      let found = try #require(try parameter.value.gradient).scalars(Double.self)
      let wanted = try tensor("after/\(index)").scalars(Double.self)
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-14 * abs($1) }, "\(index)")
    }
  }

  @Test("Gradients whose squares are too large for float32 have a norm, and are clipped to it")
  func large() throws {
    let store = ParameterStore()
    let parameter = try store.constant(.root / "p", shape: [4], value: 0, isTrainable: true)
    try parameter.value.setGradient(Tensor([3e30, 0, -4e30, 0] as [Float]))
    let norm = try GradientNorm.of([parameter])
    #expect(abs(norm / 5e30 - 1) < 1e-6)
    try GradientNorm.clip([parameter], from: norm, to: 10)
    let clipped = try #require(try parameter.value.gradient).scalars(Float.self)
    #expect(zip(clipped, [6, 0, -8, 0]).allSatisfy { abs($0 - $1) < 1e-5 }, "\(clipped)")
    try parameter.value.setGradient(Tensor([1, .infinity, 0, 0] as [Float]))
    #expect(try GradientNorm.of([parameter]) == .infinity)
  }

  @Test("A trainer makes no step longer than rate times the limit, and says what the norm was")
  func trainer() throws {
    var norms: [[Double]] = []
    for limit in [nil, 0.01, 1e9] {
      let trainer = try denseTrainer(rate: 0.5, epochs: 1)
      trainer.gradientClip = limit
      let recorder = Recorder()
      recorder.parameters = trainer.parameters
      trainer.observers = [recorder]
      let before = try trainer.parameters.numbers().joined()
      _ = try trainer.train(on: moons(.train), testing: moons(.test))
      norms.append(recorder.steps.map(\.gradientNorm))
      let change = zip(try #require(recorder.snapshots.first).joined(), before)
        .reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
      let length = min(norms[0][0], limit ?? .infinity)
      #expect(abs(change / (0.5 * length) - 1) < 1e-3, "\(change)")
    }
    #expect(norms[0] == norms[2] && norms[0] != norms[1] && norms[0][0] == norms[1][0])
  }

  @Test("The warm-up gives the rates of PyTorch's LinearLR")
  func warmUp() throws {
    let file = try Safetensors(contentsOf: Self.golden)
    let rates = try #require(file["warm-up/rates"]).scalars(Double.self)
    let schedule = StepSchedule(initial: 0.5, warmUp: WarmUp(epochs: 4))
    for (step, rate) in rates.enumerated() {
      #expect(abs(schedule.rate(atEpoch: Double(step) / 2) / rate - 1) < 1e-14, "step \(step)")
    }
  }

  @Test("A drop during the warm-up multiplies with it; after it the rate is the plain one")
  func warmUpAndDrop() {
    let schedule = StepSchedule(
      initial: 1, drops: [1, 3], warmUp: WarmUp(epochs: 2, start: 0.5))
    let rates = [0, 0.5, 1, 2, 3].map { schedule.rate(atEpoch: $0) }
    let expected = [0.5, 0.625, 0.075, 0.1, 0.01]
    #expect(zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(rates)")
    #expect(StepSchedule(initial: 0.3).rate(atEpoch: 0) == 0.3)
  }
}
