import Testing
import TimestepTorch

/// Whatever shapes, types and numbers an operation is given, it succeeds or throws ``TensorError``: the process lives.
@Suite struct FuzzTests {
  /// Random arguments, mostly plausible.
  struct Arguments {
    var random: SplitMix

    mutating func pick<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: values.indices, using: &random)]
    }
    mutating func length() -> Int { pick([0, 1, 1, 2, 2, 3, 3, 4, 5]) }
    mutating func shape() -> [Int] {
      (0..<pick([0, 1, 2, 2, 3, 3, 4, 4, 5])).map { _ in length() }
    }
    mutating func small() -> Int { pick([-2, -1, 0, 0, 1, 1, 1, 2, 2, 3]) }
    /// Now and then a number that no computation stands.
    mutating func number() -> Int {
      Int.random(in: 0..<20, using: &random) == 0 ? pick([.max, .min, 1 << 40]) : small()
    }
    mutating func real() -> Double { pick([0, 1, -1, 0.5, 2, 1e300, -1e-300, .infinity, .nan]) }
    mutating func axes() -> [Int] { (0..<pick([0, 1, 2, 3])).map { _ in number() } }
    mutating func tensor(_ shape: [Int]? = nil) throws -> Tensor {
      let type: DataType = pick(
        [DataType](repeating: .float64, count: 15) + DataType.allCases)
      let tensor = try random.tensor(shape ?? self.shape(), -2...3).cast(to: type)
      let shape = tensor.shape
      switch Int.random(in: 0..<8, using: &random) {
      case 0 where shape.count >= 2: return try tensor.transposed()
      case 1 where shape.count == 4: return try tensor.contiguous(.channelsLast)
      case 2 where shape.count >= 1: return try tensor.sliced(0..<9, axis: shape.count - 1, step: 2)
      case 3: return try tensor.expanded([2] + shape)
      case 4 where type == .complex128: return try tensor.conjugate()
      default: break
      }
      if type.isFloatingPoint || type == .complex128 {
        try tensor.setRequiresGradient(pick([true, false]))
      }
      return tensor
    }
    mutating func integers() throws -> Tensor {
      try Tensor((0..<length()).map { _ in number() })
    }
    mutating func options() -> ConvolutionOptions {
      .init(
        stride: pick([1, 1, 1, 2, small()]), padding: pick([0, 1, 1, small()]),
        dilation: pick([1, 1, 1, small()]), groups: pick([1, 1, 1, 2, small()]))
    }
    /// Arguments of a convolution along the given number of axes, which fit more often than not.
    mutating func convolution(_ spatial: Int, transposed: Bool = false) throws -> (
      Tensor, Tensor, Tensor?
    ) {
      let (channels, outputs) = (pick([1, 2, 4]), pick([0, 2, 4]))
      let size = (0..<spatial).map { _ in pick([0, 1, 3, 5, 6]) }
      let kernel = (0..<spatial).map { _ in pick([0, 1, 2, 3]) }
      let x = try tensor([pick([0, 1, 2]), channels] + size)
      let inputs = pick([channels, channels, 1, 2])
      let weight = try tensor((transposed ? [inputs, outputs] : [outputs, inputs]) + kernel)
      return (x, weight, pick([true, false]) ? try tensor([outputs]) : nil)
    }
  }

  /// One call of an operation with random arguments.
  struct Operation: Sendable, CustomStringConvertible {
    let description: String
    let call: @Sendable (inout Arguments) throws -> Tensor?
    init(_ name: String, _ call: @escaping @Sendable (inout Arguments) throws -> Tensor?) {
      (description, self.call) = (name, call)
    }
  }

  @Test(arguments: operations) func succeedsOrThrows(_ operation: Operation) throws {
    let seed = operation.description.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
    var arguments = Arguments(random: SplitMix(seed))
    var successes = 0
    for _ in 0..<300 {
      do {
        guard let result = try operation.call(&arguments) else { continue }
        successes += 1
        _ = "\(result)"
        guard result.count < 100_000 else { continue }
        if try result.requiresGradient { try result.sum().absolute().backward() }
      } catch is TensorError {}
    }
    #expect(successes > 0)
  }
}
