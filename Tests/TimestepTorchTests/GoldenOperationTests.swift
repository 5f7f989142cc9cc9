import Foundation
import Testing
import TimestepTorch

/// Single operations against PyTorch's results and gradients; the file's format is in `Tests/Golden/operations.py`.
@Suite struct GoldenOperationTests {
  /// Strides, paddings and dilations that differ between the axes; the Swift interface has one number for both.
  static let outOfReach: Set = ["conv2d/unequal"]

  static let golden: Result<Safetensors, any Error> = Result {
    try Safetensors(contentsOf: goldenFile("operations.safetensors"))
  }

  static let cases: [String] = {
    let list = try? golden.get().metadata["cases"]
    return (try? JSONDecoder().decode([String].self, from: Data((list ?? "").utf8))) ?? []
  }()

  @Test func theFileIsThere() throws {
    #expect(Self.cases.count >= 60)
    #expect(Self.outOfReach.isSubset(of: Self.cases))
    #expect(try Self.golden.get().metadata["format"] == "timestep-golden-1")
  }

  @Test(arguments: cases.filter { !outOfReach.contains($0) })
  func agreesWithPyTorch(_ name: String) throws {
    let golden = try Self.golden.get()
    func list(_ kind: String) throws -> [Tensor] {
      var result: [Tensor] = []
      while let tensor = golden["\(name)/\(kind)\(result.count)"] {
        result.append(try tensor.copied())
      }
      return result
    }
    let inputs = try list("input")
    let wanted = inputs.indices.map { golden["\(name)/gradient\($0)"] }
    for (input, gradient) in zip(inputs, wanted) where gradient != nil {
      try input.setRequiresGradient()
    }
    let options = GoldenOptions(try #require(golden.metadata[name]))
    let operation = try #require(GoldenOptions.operations[String(name.prefix { $0 != "/" })])
    let outputs = try operation(inputs, options)
    let expected = try list("output")
    #expect(outputs.count == expected.count)
    for (output, expected) in zip(outputs, expected) { try expectClose(output, expected, 1e-12) }

    let weights = try list("weight")
    if weights.isEmpty { return }
    let differentiated = zip(inputs, wanted).filter { $0.1 != nil }.map(\.0)
    let gradients = try Tensor.gradients(
      of: Array(outputs.prefix(weights.count)), seeds: weights, withRespectTo: differentiated)
    for (gradient, wanted) in zip(gradients, wanted.compactMap { $0 }) {
      try expectClose(#require(gradient), wanted, 1e-11)
    }
  }
}

/// The options of a case, with PyTorch's names, and the operations by PyTorch's names.
struct GoldenOptions {
  private let values: [String: Any]

  init(_ json: String) {
    values = (try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]) ?? [:]
  }

  func number(_ name: String) -> Double? { (values[name] as? NSNumber)?.doubleValue }
  func integer(_ name: String) -> Int? { (values[name] as? NSNumber)?.intValue }
  func flag(_ name: String) -> Bool { (values[name] as? NSNumber)?.boolValue ?? false }
  /// A list, or a single number as a list of one.
  func list(_ name: String) -> [Int] {
    (values[name] as? [NSNumber])?.map(\.intValue) ?? integer(name).map { [$0] } ?? []
  }

  private var convolution: ConvolutionOptions {
    .init(
      stride: integer("stride") ?? 1, padding: integer("padding") ?? 0,
      dilation: integer("dilation") ?? 1, groups: integer("groups") ?? 1)
  }
  private var kernel: Int { integer("kernel_size") ?? 1 }
  private var stride: Int { integer("stride") ?? kernel }
  private var padding: Int { integer("padding") ?? 0 }

  typealias Operation = @Sendable ([Tensor], GoldenOptions) throws -> [Tensor]

  static let operations: [String: Operation] = [
    "conv1d": { x, o in
      [try x[0].convolution1D(x[1], bias: x.count > 2 ? x[2] : nil, o.convolution)]
    },
    "conv2d": { x, o in
      [try x[0].convolution2D(x[1], bias: x.count > 2 ? x[2] : nil, o.convolution)]
    },
    "batch_norm": { x, o in
      let result = try x[0].batchNormalized(
        scale: x[1], shift: x[2], runningMean: x[3], runningVariance: x[4],
        training: o.flag("training"), momentum: o.number("momentum") ?? 0.1,
        epsilon: o.number("eps") ?? 1e-5)
      return [result, x[3], x[4]]
    },
    "max_pool1d": { x, o in
      [try x[0].maxPool1D(o.kernel, stride: o.stride, padding: o.padding)]
    },
    "max_pool2d": { x, o in
      [try x[0].maxPool2D(o.kernel, stride: o.stride, padding: o.padding)]
    },
    // PyTorch's default counts the padding: pad first.
    "avg_pool2d": { x, o in
      let border = (before: o.padding, after: o.padding)
      return [try x[0].padded([border, border]).averagePool2D(o.kernel, stride: o.stride)]
    },
    "adaptive_avg_pool2d": { x, o in
      let size = o.list("output_size")
      return [try x[0].adaptiveAveragePool(size.count == 1 ? [size[0], size[0]] : size)]
    },
    "adaptive_max_pool1d": { x, o in [try x[0].adaptiveMaxPool(o.list("output_size"))] },
    "linear": { x, _ in [try x[0].linear(x[1], bias: x.count > 2 ? x[2] : nil)] },
    "cross_entropy": { x, _ in [try x[0].crossEntropy(x[1])] },
    "softmax": { x, o in [try x[0].softmax(o.integer("dim") ?? -1)] },
    "log_softmax": { x, o in [try x[0].logSoftmax(o.integer("dim") ?? -1)] },
    "matmul": { x, _ in [try x[0].matrixProduct(x[1])] },
    "mean": { x, o in [try x[0].mean(o.list("dim"), keepAxes: o.flag("keepdim"))] },
    "sum": { x, o in [try x[0].sum(o.list("dim"), keepAxes: o.flag("keepdim"))] },
    // Ours divides by n, PyTorch by n minus the correction.
    "var": { x, o in
      let axes = o.list("dim")
      let count = Double(axes.isEmpty ? x[0].count : axes.reduce(1) { $0 * x[0].shape[$1] })
      let variance = try x[0].variance(axes, keepAxes: o.flag("keepdim"))
      return [try variance * (count / (count - (o.number("correction") ?? 1)))]
    },
    "fft.rfft2": { x, o in
      let size = Array(x[0].shape.suffix(2))
      let scale = o.isOrthonormal ? 1 / Double(size[0] * size[1]).squareRoot() : 1
      return [try (x[0].realFourierTransform2D(size[0], size[1]) * scale).realPairs()]
    },
    "fft.irfft2": { x, o in
      let size = o.list("s")
      let scale = o.isOrthonormal ? Double(size[0] * size[1]).squareRoot() : 1
      let signal = try x[0].complexFromPairs().inverseRealFourierTransform2D(size[0], size[1])
      return [try signal * scale]
    },
    "linalg.svdvals": { x, _ in [try x[0].singularValues()] },
    "linalg.eigvals": { x, _ in
      let pairs = try x[0].eigenvalues().realPairs().scalars(Double.self)
      let sorted = Swift.stride(from: 0, to: pairs.count, by: 2).map { (pairs[$0], pairs[$0 + 1]) }
        .sorted { $0 < $1 }
      return [try Tensor(sorted.flatMap { [$0.0, $0.1] }, shape: [sorted.count, 2])]
    },
    "linalg.solve": { x, _ in [try x[0].solve(x[1])] },
    "relu": { x, _ in [try x[0].relu()] },
    "tanh": { x, _ in [try x[0].tanh()] },
    "clamp": { x, o in
      let low = o.number("min") ?? -.infinity
      return [try o.number("max").map { try x[0].clamped(low, $0) } ?? x[0].maximum(low)]
    },
    "where": { x, _ in [try x[2].replacing(x[1], where: x[0])] },
  ]

  private var isOrthonormal: Bool { values["norm"] as? String == "ortho" }
}
