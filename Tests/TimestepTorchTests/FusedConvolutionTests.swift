import Testing
import TimestepTorch

/// Convolutions of 3 x 3 taps by minimal filtering, and of one tap as products of rows, against libtorch's in float64:
/// values, and the gradients of input, weight and base.
@Suite(.serialized) struct FusedConvolutionTests {
  /// One convolution `[N, C, H, W]` to `[N, D, H, W]` with numbers that do not depend on what is under test.
  struct Case: CustomTestStringConvertible {
    var shape: [Int]
    var outputs: Int
    var taps = 3
    /// The size h of a step `base + h y` that it ends, if any.
    var step: Double?
    /// Whether the kernels serve it; others go to libtorch.
    var isServed = true
    var testDescription: String {
      "\(taps) x \(taps), \(shape) to \(outputs)\(step.map { ", step \($0)" } ?? "")"
    }

    /// Value, and gradients of the input, the weight and the base, if any.
    func run(_ states: DataType, _ parameters: DataType, kernels: FusedKernels, shift: Double = 0)
      throws -> [Tensor]
    {
      let before = FusedKernels.current
      try kernels.use()
      defer { try? before.use() }
      var random = SplitMix(7)
      // Numbers that bfloat16 holds, so that nothing is rounded before the convolution.
      func images(_ shape: [Int], _ shift: Double) throws -> Tensor {
        try (random.tensor(shape) + shift).cast(to: .bfloat16).cast(to: states)
          .contiguous(.channelsLast)
      }
      let input = try images(shape, shift)
      let range = 1 / Double(taps * taps * shape[1]).squareRoot()
      let weight = try random.tensor([outputs, shape[1], taps, taps], -range...range)
        .cast(to: .float32).cast(to: parameters)
      var leaves = [input, weight]
      let results = [shape[0], outputs, shape[2], shape[3]]
      if step != nil { leaves.append(try images(results, 0)) }
      for leaf in leaves { try leaf.setRequiresGradient() }
      let value = try input.convolution2D(
        weight, ConvolutionOptions(padding: taps / 2), addedTo: step == nil ? nil : leaves[2],
        size: step ?? 1)
      let seed = try images(value.shape, 0)
      let gradients = try Tensor.gradients(of: [value], seeds: [seed], withRespectTo: leaves)
      return [try value.detached()] + (try gradients.map { try #require($0) })
    }

    /// The lengths of the errors against float64 over the lengths of what is exact.
    func errors(_ states: DataType, kernels: FusedKernels) throws -> [Double] {
      let exact = try run(.float64, .float64, kernels: .reference)
      let parameters: DataType = .float32
      let results = try run(states, parameters, kernels: kernels)
      return try zip(results, exact).enumerated().map { index, pair in
        let (value, expected) = pair
        guard value.shape == expected.shape,
          try value.dataType == (index == 2 ? parameters : states)
        else { return .infinity }
        let distance = try (value.cast(to: .float64) - expected).square().sum().scalar()
        return try (distance / expected.square().sum().scalar()).squareRoot()
      }
    }
  }

  static let cases = [
    Case(shape: [32, 32, 16, 16], outputs: 32), Case(shape: [64, 64, 8, 8], outputs: 64),
    Case(shape: [7, 32, 28, 28], outputs: 48), Case(shape: [3, 48, 31, 17], outputs: 112),
    Case(shape: [40, 80, 7, 7], outputs: 16), Case(shape: [1, 256, 33, 50], outputs: 32),
    Case(shape: [9, 16, 32, 32], outputs: 64), Case(shape: [12, 128, 12, 12], outputs: 128),
    Case(shape: [1, 64, 64, 200], outputs: 64),
    Case(shape: [1, 32, 4, 2000], outputs: 32, isServed: false),
    Case(shape: [2, 24, 28, 28], outputs: 48, isServed: false),
    Case(shape: [1, 32, 8, 8], outputs: 32, isServed: false),
    Case(shape: [400, 32, 1, 1], outputs: 32, isServed: false),
    Case(shape: [3, 5, 31, 17], outputs: 100, isServed: false),
    Case(shape: [32, 32, 16, 16], outputs: 32, step: 1),
    Case(shape: [3, 48, 31, 17], outputs: 112, step: 0.1),
    Case(shape: [12, 128, 12, 12], outputs: 128, step: -0.5),
    Case(shape: [8, 64, 16, 16], outputs: 16, taps: 1),
    Case(shape: [8, 16, 16, 16], outputs: 64, taps: 1, step: 1),
    Case(shape: [3, 48, 31, 17], outputs: 112, taps: 1, step: 0.1),
    Case(shape: [3, 112, 31, 17], outputs: 48, taps: 1),
    Case(shape: [128, 256, 3, 3], outputs: 64, taps: 1),
    Case(shape: [1100, 16, 1, 1], outputs: 240, taps: 1, step: 2),
    Case(shape: [1, 32, 1, 5000], outputs: 32, taps: 1, step: -1),
    Case(shape: [8, 24, 16, 16], outputs: 16, taps: 1, isServed: false),
    Case(shape: [1, 16, 16, 16], outputs: 16, taps: 1, step: 0.5, isServed: false),
  ]

  @Test("float32: values within 1e-6, and no further off than libtorch's", arguments: cases)
  func singles(subject: Case) throws {
    try check(subject, .float32) { error, other in error <= max(1e-6, 1.2 * other) }
  }

  @Test("bfloat16: the rounding of the result and no more", arguments: cases)
  func halves(subject: Case) throws {
    // Tiles round nothing else; of one tap the weights too, as libtorch does.
    let most = subject.taps == 3 ? 1 : 1.02
    let ofWeights = try check(subject, .bfloat16) { error, other in error <= most * other }
    // Gradients of weights are not rounded.
    for (kernels, error) in zip(KernelTests.fused, ofWeights)
    where subject.isServed && Self.serves(kernels, .bfloat16, subject) {
      #expect(error <= 1e-5, "\(kernels)")
    }
  }

  /// Expects each of the errors of all kernels to hold against libtorch's; those of the gradients of weights.
  @discardableResult
  func check(_ subject: Case, _ states: DataType, holds: (_ error: Double, _ other: Double) -> Bool)
    throws -> [Double]
  {
    let reference = try subject.errors(states, kernels: .reference)
    return try KernelTests.fused.map { kernels in
      let errors = try subject.errors(states, kernels: kernels)
      let isWithin = zip(errors, reference).allSatisfy(holds)
      #expect(isWithin, "\(kernels): \(errors), libtorch \(reference)")
      return errors[2]
    }
  }

  /// Whether kernels serve a type of states where they serve the other.
  static func serves(_ kernels: FusedKernels, _ states: DataType, _ subject: Case) -> Bool {
    states == .float32 || !Processor.hasAMX && (subject.taps == 3 || kernels == .avx512BF16)
  }

  @Test("What is said to be served is", arguments: cases, [DataType.float32, .bfloat16])
  func served(subject: Case, states: DataType) throws {
    let reference = try subject.run(states, .float32, kernels: .reference)
    for kernels in KernelTests.fused {
      let fused = try subject.run(states, .float32, kernels: kernels)
      // Of one tap even plain sums in another order may come out the same; gradients of weights do not.
      let areIdentical = try zip(fused, reference).allSatisfy { try $0.isIdentical(to: $1) }
      let isServed = subject.isServed && Self.serves(kernels, states, subject)
      #expect(areIdentical == !isServed, "\(kernels)")
    }
  }

  @Test("Kernels that change between the passes", arguments: [3, 1])
  func changes(taps: Int) throws {
    let before = FusedKernels.current
    defer { try? before.use() }
    var random = SplitMix(3)
    let x = try random.tensor([8, 32, 16, 16]).cast(to: .bfloat16).contiguous(.channelsLast)
    let w = try random.tensor([32, 32, taps, taps], -0.1...0.1).cast(to: .float32)
    for leaf in [x, w] { try leaf.setRequiresGradient() }
    var expected: [Tensor]?
    for kernels in [.automatic, .reference] + KernelTests.fused {
      try FusedKernels.automatic.use()
      let value = try x.convolution2D(w, ConvolutionOptions(padding: taps / 2))
      try kernels.use()
      let gradients = try Tensor.gradients(
        of: [value], seeds: [x.detached()], withRespectTo: [x, w]
      ).map { try #require($0).cast(to: .float32) }
      for (gradient, other) in zip(gradients, expected ?? gradients) {
        #expect(try gradient.isIdentical(to: other), "\(kernels)")
      }
      expected = expected ?? gradients
    }
  }

  @Test(
    "A mean far from zero costs no more than three times the rounding of libtorch's, five for the weight",
    arguments: KernelTests.fused)
  func farMean(kernels: FusedKernels) throws {
    let subject = Self.cases[0]
    let exact = try subject.run(.float64, .float64, kernels: .reference, shift: 64)
    let values = try subject.run(.float32, .float32, kernels: kernels, shift: 64)
    let reference = try subject.run(.float32, .float32, kernels: .reference, shift: 64)
    for (index, (value, (expected, other))) in zip(values, zip(exact, reference)).enumerated() {
      func distance(_ tensor: Tensor) throws -> Double {
        try (tensor.cast(to: .float64) - expected).square().sum().scalar().squareRoot()
      }
      let (mine, libtorch) = (try distance(value), try distance(other))
      #expect(mine <= (index == 2 ? 5 : 3) * libtorch)
    }
  }

  @Test("Results do not depend on the number of threads", arguments: [DataType.float32, .bfloat16])
  func threads(type: DataType) throws {
    let before = try Torch.threads()
    defer { try? Torch.setThreads(before) }
    let subjects = [Self.cases[1], Case(shape: [8, 64, 16, 16], outputs: 16, taps: 1)]
    func results(_ threads: Int) throws -> [Tensor] {
      try Torch.setThreads(threads)
      return try subjects.flatMap { try $0.run(type, .float32, kernels: .automatic) }
    }
    for (one, several) in zip(try results(1), try results(3)) {
      #expect(try one.isIdentical(to: several))
    }
  }

  @Test("Only the gradients that are asked for, and gradients of gradients", arguments: [3, 1])
  func parts(taps: Int) throws {
    var random = SplitMix(5)
    let x = try random.tensor([8, 32, 16, 16]).cast(to: .float32).contiguous(.channelsLast)
    let w = try random.tensor([32, 32, taps, taps], -0.1...0.1).cast(to: .float32)
    func value(_ x: Tensor, _ w: Tensor) throws -> Tensor {
      try x.convolution2D(w, ConvolutionOptions(padding: taps / 2), addedTo: x, size: 0.5)
    }
    func leaf(_ tensor: Tensor) throws -> Tensor {
      let leaf = try tensor.copied()
      try leaf.setRequiresGradient()
      return leaf
    }
    let (lx, lw) = (try leaf(x), try leaf(w))
    let both = try Tensor.gradients(of: [value(lx, lw).square().sum()], withRespectTo: [lx, lw])
    let ofX = try Tensor.gradients(of: [value(lx, w).square().sum()], withRespectTo: [lx])
    let ofW = try Tensor.gradients(of: [value(x, lw).square().sum()], withRespectTo: [lw])
    #expect(try #require(ofX[0]).isIdentical(to: #require(both[0])))
    #expect(try #require(ofW[0]).isIdentical(to: #require(both[1])))

    func second(_ type: DataType) throws -> [Tensor] {
      let (x, w) = (try leaf(x.cast(to: type)), try leaf(w.cast(to: type)))
      let first = try Tensor.gradients(
        of: [value(x, w).square().sum()], withRespectTo: [x, w], createGraph: true)
      let length = try #require(first[0]).square().sum() + #require(first[1]).square().sum()
      return try Tensor.gradients(of: [length], withRespectTo: [x, w]).map { try #require($0) }
    }
    // First gradients do not depend on whether others follow, nor is a weight rounded for them.
    func first(_ createGraph: Bool) throws -> [Tensor] {
      let (x, w) = (try leaf(x.cast(to: .bfloat16)), try leaf(w))
      return try Tensor.gradients(
        of: [value(x, w)], seeds: [x.detached()], withRespectTo: [x, w], createGraph: createGraph
      ).map { try #require($0).detached().cast(to: .float32) }
    }
    try expectClose(first(true)[0], first(false)[0], 8e-3)
    if !Processor.hasAMX { try expectClose(first(true)[1], first(false)[1], 1e-5) }

    for (value, expected) in zip(try second(.float32), try second(.float64)) {
      try expectClose(value.cast(to: .float64), expected, 1e-4)
    }
  }
}

extension Tensor {
  /// Whether all elements are the same numbers.
  fileprivate func isIdentical(to other: Tensor) throws -> Bool {
    try shape == other.shape && (self - other).absolute().max().scalar() == 0
  }
}
