import Testing
import TimestepTorch

/// The fused batch normalisation against libtorch's operations in float64.
@Suite(.serialized) struct KernelTests {
  /// Those that this processor can run.
  static let fused: [FusedKernels] = [.portable, .avx2, .avx512, .avx512BF16].filter { kernels in
    let before = FusedKernels.current
    defer { try? before.use() }
    return (try? kernels.use()) != nil
  }
  static let modes = [true, false].flatMap { base in
    [true, false].flatMap { relu in [true, false].map { (base, relu, $0) } }
  }

  /// The error of each result is below 1e-6, or no larger than that of libtorch's own float32 where that is more.
  private func check(_ step: NormalizedStep, _ kernels: FusedKernels, _ bound: Double = 1e-6) throws
  {
    let errors = try step.errors(kernels)
    if errors.allSatisfy({ $0 <= bound }) { return }
    for (error, reference) in zip(errors, try step.errors(.reference)) {
      #expect(error <= max(bound, 1.5 * reference), "\(step), \(kernels): \(errors)")
    }
  }

  @Test("Any batch, number of channels and size of image", arguments: fused)
  func shapes(kernels: FusedKernels) throws {
    var seed: UInt64 = 0
    for batch in [1, 2, 7] {
      for channels in [1, 3, 5, 24, 100] {
        for (height, width) in [(1, 1), (7, 7), (28, 28), (31, 17)] {
          for (base, relu, training) in Self.modes {
            seed += 1
            if training, batch * height * width == 1 { continue }
            try check(
              NormalizedStep(
                shape: [batch, channels, height, width], training: training, hasBase: base,
                relu: relu, seed: seed), kernels)
          }
        }
      }
    }
  }

  @Test("Points, sequences and images in the other order of channels", arguments: fused)
  func layouts(kernels: FusedKernels) throws {
    for (base, relu, training) in Self.modes {
      for shape in [[9, 5], [200, 64], [3, 6, 11], [2, 7, 5, 3]] {
        try check(
          NormalizedStep(
            shape: shape, training: training, hasBase: base, relu: relu, format: .contiguous),
          kernels)
      }
    }
  }

  @Test("A mean far from zero costs no more than in libtorch", arguments: fused)
  func farMean(kernels: FusedKernels) throws {
    for mean in [30.0, 1000] {
      try check(NormalizedStep(shape: [8, 24, 16, 16], relu: false, mean: mean), kernels)
    }
  }

  @Test("Large images", arguments: fused)
  func large(kernels: FusedKernels) throws {
    for channels in [16, 20, 64] {
      try check(NormalizedStep(shape: [16, channels, 32, 32]), kernels)
    }
  }

  @Test("bfloat16 costs its own rounding and no more", arguments: fused)
  func halfTheMemory(kernels: FusedKernels) throws {
    var seed: UInt64 = 0
    for shape in [[2, 3, 7, 7], [7, 24, 31, 17], [16, 16, 32, 32], [9, 5], [1, 100, 28, 28]] {
      for (base, relu, training) in Self.modes {
        seed += 1
        let step = NormalizedStep(
          shape: shape, training: training, hasBase: base, relu: relu, seed: seed,
          stateType: .bfloat16)
        let errors = try step.errors(kernels)
        // value, running mean and variance, and the gradients of x, scale, shift and base.
        let bounds = [4e-3, 1e-6, 1e-6, 8e-3, 1e-5, 1e-5, 4e-3]
        for (error, bound) in zip(errors, bounds) {
          #expect(error <= bound, "\(step), \(kernels): \(errors)")
        }
      }
    }
  }

  @Test("bfloat16 is rounded to the nearest, ties to even", arguments: fused)
  func rounding(kernels: FusedKernels) throws {
    let before = FusedKernels.current
    defer { try? before.use() }
    try kernels.use()
    // All upper halves of floats in steps, with sums that round both ways and ties.
    var (x, base) = ([Float](), [Float]())
    for exponent in -20...20 {
      for part in [1, 1.0078125, 1.5, 1.9921875] as [Float] {
        for (share, sign) in [(0.5, 1), (0.25, -1), (0.75, 1), (0.499, 1), (0, -1)]
          as [(Float, Float)]
        {
          x.append(sign * Float(sign: .plus, exponent: exponent, significand: part))
          base.append(x[x.count - 1].ulp * 65536 * share)
        }
      }
    }
    let columns = x.count
    func row(_ values: [Float]) throws -> Tensor {
      try Tensor(values, shape: [1, columns]).cast(to: .bfloat16)
    }
    let value = try row(x).batchNormalized(
      scale: .ones([columns]), shift: .zeros([columns]), runningMean: .zeros([columns]),
      runningVariance: .ones([columns]), training: false, epsilon: 0, addedTo: row(base))
    // The same sum in float32, where it is exact, rounded by libtorch.
    let expected = try (row(x).cast(to: .float32) + row(base).cast(to: .float32))
      .cast(to: .bfloat16)
    #expect(
      try value.cast(to: .float32).scalars(Float.self)
        == expected.cast(to: .float32)
        .scalars(Float.self))
  }

  @Test("Gradients of a base that are summed where it was made", arguments: fused)
  func joined(kernels: FusedKernels) throws {
    let before = FusedKernels.current
    defer { try? before.use() }
    try kernels.use()
    for type in [DataType.float32, .bfloat16] {
      for (hasBase, relu, training) in Self.modes {
        for uses in [1, 2, 3] {
          func gradients(joins: Bool) throws -> [Tensor] {
            var random = SplitMix(9)
            func leaf(_ shape: [Int], _ type: DataType = .float32) throws -> Tensor {
              let tensor = try random.tensor(shape).cast(to: type)
              try tensor.setRequiresGradient()
              return tensor
            }
            let (x, z) = (try leaf([50, 24], type), try leaf([50, 24], type))
            let other = try hasBase ? leaf([50, 24], type) : nil
            let (scale, shift) = (try leaf([24]), try leaf([24]))
            func step(_ x: Tensor, _ base: Tensor?) throws -> Tensor {
              try x.batchNormalized(
                scale: scale, shift: shift, runningMean: .zeros([24]), runningVariance: .ones([24]),
                training: training, addedTo: base, size: 0.5, relu: relu, joinsGradients: joins)
            }
            let state = try step(x, other)
            // As base alone, as base and as something else, and as base twice.
            var end = try step(uses == 1 ? z : state * z, state)
            if uses == 3 { end = try step(end * 0.5, state) + end }
            return try Tensor.gradients(
              of: [(end * end * end).sum()],
              withRespectTo: [x, z, scale, shift] + (other.map { [$0] } ?? [])
            ).compactMap { $0 }
          }
          let (joined, apart) = (try gradients(joins: true), try gradients(joins: false))
          #expect(joined.count == (hasBase ? 5 : 4))
          for (a, b) in zip(joined, apart) {
            try expectClose(
              a.cast(to: .float64), b.cast(to: .float64), type == .float32 ? 1e-5 : 0.03,
              "\(type), base \(hasBase), ReLU \(relu), training \(training), uses \(uses)")
          }
        }
      }
    }
  }

  @Test(
    "Blends with a trained factor, their gradients, and those of the gradients", arguments: fused)
  func blends(kernels: FusedKernels) throws {
    let before = FusedKernels.current
    defer { try? before.use() }
    let shapes = [[6, 5], [4, 3, 11], [2, 24, 7, 9], [16, 16, 32, 32], [1, 1, 1, 1]]
    for shape in shapes {
      let channels = [shape[1]] + shape[2...].map { _ in 1 }
      for kShape in [[], [1], channels] {
        func results(_ kernels: FusedKernels, _ type: DataType, _ states: DataType, twice: Bool)
          throws -> [Tensor]
        {
          try kernels.use()
          var random = SplitMix(11)
          func leaf(_ shape: [Int], _ rounded: DataType, _ type: DataType) throws -> Tensor {
            var tensor = try random.tensor(shape).cast(to: rounded).cast(to: type)
            if shape.count == 4 { tensor = try tensor.contiguous(.channelsLast) }
            try tensor.setRequiresGradient()
            return tensor
          }
          let of = type == .float64 ? type : states
          let (x, y) = (try leaf(shape, states, of), try leaf(shape, states, of))
          let k = try leaf(kShape, .float32, type == .float64 ? type : .float32)
          let weights = try random.tensor(shape).cast(to: states).cast(to: of)
          let value = try x.blended(with: y, coefficient: k)
          let inputs = [x, y, k]
          guard twice else {
            return try [value.detached()]
              + Tensor.gradients(of: [value], seeds: [weights], withRespectTo: inputs)
              .compactMap { $0 }
          }
          let first = try Tensor.gradients(
            of: [(value * value * weights).sum()], withRespectTo: inputs, createGraph: true
          ).compactMap { $0 }
          let length = try first.reduce(Tensor.zeros([], of)) { try $0 + $1.square().sum() }
          return try Tensor.gradients(of: [length], withRespectTo: inputs).compactMap { $0 }
        }
        for states in [DataType.float32, .bfloat16] {
          for twice in [false, true] where !(twice && states == .bfloat16) {
            let exact = try results(.reference, .float64, states, twice: twice)
            let fused = try results(kernels, .float32, states, twice: twice)
            #expect(fused.count == exact.count)
            for (index, (value, expected)) in zip(fused, exact).enumerated() {
              let isFactor = !twice && index == 3
              let type = try value.dataType
              #expect(type == (isFactor || twice && index == 2 ? .float32 : states))
              let terms = isFactor ? Double(value.count) / Double(x(shape)) : 1
              let scale = try max(
                expected.absolute().max().scalar(), isFactor ? 1 / terms.squareRoot() : 0, 1e-300)
              let error = try (value.cast(to: .float64) - expected).absolute().max().scalar()
              #expect(
                error <= scale * (states == .float32 || isFactor ? (twice ? 1e-5 : 1e-6) : 4e-3),
                "\(shape), k \(kShape), \(states), twice \(twice), result \(index)")
            }
          }
        }
      }
    }
    func x(_ shape: [Int]) -> Int { shape.reduce(1, *) }
  }

  @Test("Results do not depend on the number of threads", arguments: fused)
  func threads(kernels: FusedKernels) throws {
    let before = try Torch.threads()
    defer { try? Torch.setThreads(before) }
    for (base, relu, training) in Self.modes {
      let step = NormalizedStep(
        shape: [16, 20, 31, 17], training: training, hasBase: base, relu: relu)
      try Torch.setThreads(1)
      let one = try step.run(.float32, kernels: kernels)
      for count in [2, 3, 4] {
        try Torch.setThreads(count)
        for (value, expected) in zip(try step.run(.float32, kernels: kernels).all, one.all) {
          #expect(try value.scalars(Float.self) == expected.scalars(Float.self))
        }
      }
    }
  }

  @Test("In evaluation, what is not a number stays so and infinity is cut off", arguments: fused)
  func specialNumbers(kernels: FusedKernels) throws {
    let before = FusedKernels.current
    defer { try? before.use() }
    func value() throws -> [Float] {
      let x = try Tensor([Float.nan, .infinity, -.infinity, 1], shape: [2, 2])
      return try x.batchNormalized(
        scale: .ones([2]), shift: .zeros([2]), runningMean: .zeros([2]),
        runningVariance: .ones([2]),
        training: false, relu: true
      ).scalars(Float.self)
    }
    try FusedKernels.reference.use()
    let expected = try value()
    try kernels.use()
    for (a, b) in zip(try value(), expected) { #expect(a == b || a.isNaN && b.isNaN) }
  }

  @Test("The same graph twice, and the seed is left alone")
  func retained() throws {
    for (base, relu, training) in Self.modes {
      let x = try Tensor.leaf([6, 8])
      let (scale, shift) = (try Tensor.leaf([8]), try Tensor.leaf([8]))
      let other = try base ? Tensor.leaf([6, 8]) : nil
      let value = try x.batchNormalized(
        scale: scale, shift: shift, runningMean: .zeros([8]), runningVariance: .ones([8]),
        training: training, addedTo: other, relu: relu)
      let seed = try Tensor.ones([6, 8])
      let inputs = [x, scale, shift] + (other.map { [$0] } ?? [])
      func gradients(keep: Bool) throws -> [[Float]] {
        try Tensor.gradients(
          of: [value], seeds: [seed], withRespectTo: inputs, retainGraph: keep
        ).compactMap { try $0?.scalars(Float.self) }
      }
      let first = try gradients(keep: true)
      #expect(first.count == inputs.count)
      #expect(try gradients(keep: false) == first)
      #expect(try seed.scalars(Float.self).allSatisfy { $0 == 1 })
      #expect(throws: TensorError.self) { try gradients(keep: false) }
    }
  }

  @Test("Gradients of gradients")
  func twice() throws {
    for (base, relu, training) in Self.modes {
      func second(_ type: DataType) throws -> [Tensor] {
        var random = SplitMix(5)
        func leaf(_ shape: [Int]) throws -> Tensor {
          let tensor = try random.tensor(shape).cast(to: type)
          try tensor.setRequiresGradient()
          return tensor
        }
        let (x, scale, shift) = (try leaf([6, 4]), try leaf([4]), try leaf([4]))
        let other = try leaf([6, 4])
        let value = try x.batchNormalized(
          scale: scale, shift: shift, runningMean: .zeros([4], type),
          runningVariance: .ones([4], type), training: training, addedTo: base ? other : nil,
          size: 0.5, relu: relu)
        let inputs = [x, scale, shift] + (base ? [other] : [])
        let first = try Tensor.gradients(
          of: [(value * value * value).sum()], withRespectTo: inputs, createGraph: true)
        let length = try first.compactMap { $0 }.reduce(Tensor.zeros([], type)) {
          try $0 + $1.square().sum()
        }
        return try Tensor.gradients(of: [length], withRespectTo: inputs).compactMap { $0 }
      }
      let (value, expected) = (try second(.float32), try second(.float64))
      #expect(value.count == (base ? 4 : 3))
      for (a, b) in zip(value, expected) {
        try expectClose(
          a.cast(to: .float64), b, 1e-4, "base \(base), ReLU \(relu), training \(training)")
      }
    }
  }
}

extension Tensor {
  fileprivate static func leaf(_ shape: [Int]) throws -> Tensor {
    var random = SplitMix(3)
    let tensor = try random.tensor(shape).cast(to: .float32)
    try tensor.setRequiresGradient()
    return tensor
  }
}
