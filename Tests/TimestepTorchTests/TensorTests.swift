import Testing
import TimestepTorch

@Suite struct TensorTests {
  @Test func creation() throws {
    #expect(try Tensor.zeros([2, 3], .int32).scalars(Int32.self) == [0, 0, 0, 0, 0, 0])
    #expect(try Tensor.ones([2], .bool).scalars(Bool.self) == [true, true])
    #expect(try Tensor.full([], 2.5, .float64).scalar() == 2.5)
    #expect(try Tensor(2.5).dataType == .float32)
    #expect(try Tensor.range(to: 5, .int64).scalars(Int.self) == [0, 1, 2, 3, 4])
    #expect(try Tensor.range(from: 1, to: 2, by: 0.25).scalars(Float.self) == [1, 1.25, 1.5, 1.75])
    #expect(try Tensor([UInt8]()).shape == [0])
    #expect(try Tensor.empty([2, 0, 3]).scalars(Float.self) == [])
    #expect(throws: TensorError.self) { try Tensor([1, 2, 3], shape: [2, 2]) }
    #expect(throws: TensorError.self) { try Tensor([1], shape: [-1]) }
    #expect(throws: TensorError.self) { try Tensor([1], shape: [.max, .max]) }
    #expect(throws: TensorError.self) { try Tensor.zeros([-2]) }
    #expect(throws: TensorError.self) { try Tensor.zeros([1 << 40, 1 << 40]) }
  }

  @Test func properties() throws {
    let tensor = try Tensor.zeros([2, 3, 4])
    #expect(tensor.rank == 3 && tensor.shape == [2, 3, 4] && tensor.strides == [12, 4, 1])
    #expect(try tensor.count == 24 && tensor.dataType == .float32 && tensor.device == .cpu)
    #expect(tensor.summary == "float32 [2, 3, 4]")
    #expect("\(tensor)" == "Tensor(float32 [2, 3, 4])")
    #expect(try "\(Tensor([1, 2] as [Double]))" == "Tensor(float64 [2]: [1.0, 2.0])")
    let scalar = try Tensor(1)
    #expect(scalar.rank == 0 && scalar.shape == [] && scalar.count == 1)
    #expect(try Tensor.zeros([4, 0]).count == 0)
  }

  @Test(arguments: DataType.allCases) func everyTypeIsItself(_ type: DataType) throws {
    let tensor = try Tensor.ones([3], type)
    #expect(try tensor.dataType == type)
    #expect(try tensor.withMutableBytes { $0.count } == 3 * type.byteCount)
    #expect(try tensor.sum().scalar() == 3)
  }

  @Test func valuesAreIndependentUnlessChangedInPlace() throws {
    let a = try Tensor([1, 2, 3] as [Double])
    let b = a
    let c = try a.copied()
    try b.addInPlace(Tensor([1.0]), scaledBy: 2)
    #expect(try a.scalars(Double.self) == [3, 4, 5])
    #expect(try c.scalars(Double.self) == [1, 2, 3])
    try c.copyInPlace(from: Tensor([9] as [Double]))
    try c.multiplyInPlace(by: 2)
    #expect(try c.scalars(Double.self) == [18, 18, 18])
  }

  /// Ties go to the even neighbour: the spacing above 1 is 2^-7.
  @Test func bfloat16RoundsToNearestEven() throws {
    let unit = 1.0 / 128
    let cases: [(Double, Double)] = [
      (1 + unit / 2, 1), (1 + 1.5 * unit, 1 + 2 * unit), (1 + 2.5 * unit, 1 + 2 * unit),
      (1 + 0.51 * unit, 1 + unit), (1 + 0.49 * unit, 1), (-1 - 1.5 * unit, -1 - 2 * unit),
      (3.0e38, 0x1.C4p127), (3.4e38, .infinity), (0, 0), (0x1p-133, 0x1p-133),
      (-.infinity, -.infinity),
    ]
    let rounded = try Tensor(cases.map(\.0)).cast(to: .float32).cast(to: .bfloat16)
    #expect(try rounded.scalars(Double.self) == cases.map(\.1))
    #expect(try Tensor([Float.nan]).cast(to: .bfloat16).scalars(Float.self)[0].isNaN)
  }

  @Test func casts() throws {
    let values = try Tensor([-1.5, 0, 2.9] as [Double])
    #expect(try values.cast(to: .int64).scalars(Int.self) == [-1, 0, 2])
    #expect(try values.cast(to: .bool).scalars(Bool.self) == [true, false, true])
    #expect(
      try values.cast(to: .complex128).realPairs().scalars(Double.self)
        == [-1.5, 0, 0, 0, 2.9, 0])
    #expect(try values.scalars(Float.self) == [-1.5, 0, 2.9])
  }

  @Test func comparisons() throws {
    let a = try Tensor([1, 2, 3] as [Double])
    let b = try Tensor([3, 2, 1] as [Double])
    func truth(_ tensor: Tensor) throws -> [Bool] { try tensor.scalars(Bool.self) }
    #expect(try truth(a.equal(b)) == [false, true, false])
    #expect(try truth(a.notEqual(b)) == [true, false, true])
    #expect(try truth(a.less(b)) == [true, false, false])
    #expect(try truth(a.lessOrEqual(b)) == [true, true, false])
    #expect(try truth(a.greater(b)) == [false, false, true])
    #expect(try truth(a.greaterOrEqual(b)) == [false, true, true])
    #expect(try truth(a.greater(1.5)) == [false, true, true])
    #expect(try truth(a.less(1.5).logicalNot()) == [false, true, true])
    #expect(try truth(Tensor([1, .nan, .infinity]).isFinite()) == [true, false, false])
    #expect(try truth(a.greater(0).all()) == [true] && truth(a.greater(3).any()) == [false])
    #expect(try a.replacing(b, where: a.greater(2)).scalars(Double.self) == [1, 2, 1])
  }

  @Test func placesOfExtremes() throws {
    let a = try Tensor([3, 9, 4, 8, 1, 7] as [Double], shape: [2, 3])
    #expect(try a.argmax(1).scalars(Int.self) == [1, 0])
    #expect(try a.argmin(0, keepAxes: true).shape == [1, 3])
    #expect(try a.argmin(0).scalars(Int.self) == [0, 1, 0])
    let top = try a.topK(2)
    #expect(try top.values.scalars(Double.self) == [9, 4, 8, 7])
    #expect(try top.indices.scalars(Int.self) == [1, 2, 0, 2])
  }

  @Test func emptyTensorsHaveShapes() throws {
    let empty = try Tensor.zeros([0, 3, 4])
    #expect(try empty.flattened(from: 1).shape == [0, 12])
    #expect(try empty.flattened().shape == [0])
    #expect(try Tensor.zeros([2, 3]).flattened(from: 1).shape == [2, 3])
    #expect(try empty.relu().shape == [0, 3, 4])
    #expect(try empty.sum().scalar() == 0)
    #expect(throws: TensorError.self) { try empty.max() }
  }

  /// libtorch conjugates and negates lazily; whoever reads memory gets the numbers as they are.
  @Test func lazyConjugatesAreResolvedWhenRead() throws {
    let z = try Tensor([1, 2, 3, 4] as [Double], shape: [2, 2]).complexFromPairs()
    let conjugate = try z.conjugate()
    #expect(try conjugate.imaginaryPart().scalars(Double.self) == [-2, -4])
    #expect(try conjugate.selected(0).imaginaryPart().scalars(Double.self) == [-2])
    #expect(try conjugate.sliced(0..<1).imaginaryPart().scalars(Double.self) == [-2])
    #expect(try conjugate.selected(0).imaginaryPart().scalar() == -2)
    let bytes = try conjugate.contiguous().withMutableBytes {
      Array($0.bindMemory(to: Double.self))
    }
    #expect(bytes == [1, -2, 3, -4])
  }

  @Test func channelsLastKeepsTheValues() throws {
    var random = SplitMix(5)
    let x = try random.tensor([2, 6, 5, 4])
    let last = try x.contiguous(.channelsLast)
    #expect(try last.isContiguous(.channelsLast) && !last.isContiguous())
    #expect(last.shape == x.shape && last.strides == [120, 1, 24, 6])
    #expect(try last.scalars(Double.self) == x.scalars(Double.self))
    #expect(try Tensor.empty([2, 6, 5, 4], format: .channelsLast).isContiguous(.channelsLast))
    let weight = try random.tensor([4, 6, 3, 3])
    let plain = try x.convolution2D(weight, .init(padding: 1))
    for (x, weight) in [(last, weight), (last, try weight.contiguous(.channelsLast))] {
      let result = try x.convolution2D(weight, .init(padding: 1))
      #expect(try result.isContiguous(.channelsLast))
      try expectClose(result, plain)
    }
    #expect(throws: TensorError.self) { try Tensor.zeros([2, 3]).contiguous(.channelsLast) }
    #expect(try last.withMutableBytes { $0.count } == 8 * x.count)
  }

  @Test func averagePoolingLeavesPaddingOut() throws {
    let ones = try Tensor.ones([1, 1, 4, 5], .float64)
    for result in [
      try ones.averagePool2D(3, stride: 1, padding: 1),
      try ones.reshaped([1, 4, 5]).averagePool1D(3, stride: 1, padding: 1),
    ] {
      #expect(try result.equal(Tensor.ones([], .float64)).all().scalars(Bool.self) == [true])
    }
  }

  @Test func threads() throws {
    let before = try Torch.threads()
    defer { try? Torch.setThreads(before) }
    try Torch.setThreads(1)
    #expect(try Torch.threads() == 1)
    try Torch.setThreads(2)
    #expect(try Torch.threads() == 2)
    #expect(throws: TensorError.self) { try Torch.setThreads(0) }
    #expect(throws: TensorError.self) { try Torch.setThreads(.max) }
    #expect(try Torch.version.hasPrefix("2.") && !Torch.cpuCapability().isEmpty)
  }

  @Test(arguments: [-1, 0, 300, Int.max]) func missingDevicesAreRefused(_ index: Int) throws {
    // Without loadCUDA no GPU is usable; what matters is that a senseless number is an error too.
    #expect(throws: TensorError.self) { try Tensor.zeros([2], on: .cuda(index)) }
    #expect(throws: TensorError.self) { try Tensor.zeros([2]).moved(to: .cuda(index)) }
  }
}
