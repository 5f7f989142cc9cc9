import Testing
import TimestepTorch

@Suite struct GeneratorTests {
  /// Numbers of every kind, in one order.
  private func draw(_ generator: Generator) throws -> [Double] {
    let normal = try Tensor.empty([37], .float64)
    try generator.fillNormal(normal, mean: 1, deviation: 2)
    let uniform = try Tensor.empty([5])
    try generator.fillUniform(uniform, -1, 1)
    let bernoulli = try Tensor.empty([20])
    try generator.fillBernoulli(bernoulli, probability: 0.5)
    let permutation = try generator.permutation(50)
    let single = try Tensor.empty([1], .float64)
    try generator.fillNormal(single)
    return try [normal, uniform, bernoulli, permutation, single]
      .flatMap { try $0.scalars(Double.self) }
  }

  @Test func equalSeedsGiveEqualNumbers() throws {
    let numbers = try draw(Generator(seed: 42))
    #expect(try draw(Generator(seed: 42)) == numbers)
    #expect(try draw(Generator(seed: 43)) != numbers)
    #expect(try draw(Generator(seed: .max)) != numbers)
  }

  /// PyTorch's own numbers: `torch.rand(3, generator=torch.Generator().manual_seed(42))` and `randperm(5)` after it.
  @Test func numbersAreThoseOfPyTorch() throws {
    let generator = try Generator(seed: 42)
    let uniform = try Tensor.empty([3])
    try generator.fillUniform(uniform, 0, 1)
    #expect(
      try uniform.scalars(Float.self) == [
        0.8822692632675171, 0.9150039553642273, 0.38286375999450684,
      ])
    #expect(try generator.permutation(5).scalars(Int.self) == [4, 3, 0, 1, 2])
  }

  /// Also between the two numbers of a Box-Muller pair, of which the state keeps the second.
  @Test func savedStatesContinueExactly() throws {
    let generator = try Generator(seed: 7)
    let one = try Tensor.empty([1], .float64)
    try generator.fillNormal(one)
    let state = try generator.state()
    let next = try draw(generator)
    let other = try Generator(seed: 0)
    try other.restore(state)
    #expect(try other.state() == state)
    #expect(try draw(other) == next)
    try generator.restore(state)
    #expect(try draw(generator) == next)
  }

  @Test func senselessStatesAreRefused() throws {
    let generator = try Generator(seed: 7)
    let state = try generator.state()
    #expect(throws: TensorError.self) { try generator.restore([]) }
    #expect(throws: TensorError.self) { try generator.restore(Array(state.dropLast())) }
    #expect(throws: TensorError.self) {
      try generator.restore([UInt8](repeating: 255, count: state.count))
    }
    #expect(try generator.state() == state)
  }

  @Test func distributions() throws {
    let generator = try Generator(seed: 1)
    let x = try Tensor.empty([100_000], .float64)
    try generator.fillUniform(x, -2, 6)
    let numbers = try x.scalars(Double.self)
    #expect(numbers.allSatisfy { $0 >= -2 && $0 < 6 })
    #expect(try abs(x.mean().scalar() - 2) < 0.05)
    #expect(try abs(x.variance().scalar() - 64.0 / 12) < 0.1)
    try generator.fillNormal(x, mean: -1, deviation: 3)
    #expect(try abs(x.mean().scalar() + 1) < 0.05)
    #expect(try abs(x.standardDeviation().scalar() - 3) < 0.05)
    try generator.fillBernoulli(x, probability: 0.3)
    #expect(Set(try x.scalars(Double.self)) == [0, 1])
    #expect(try abs(x.mean().scalar() - 0.3) < 0.01)
  }

  @Test(arguments: [0, 1, 2, 1000]) func permutations(_ count: Int) throws {
    let numbers = try Generator(seed: 3).permutation(count).scalars(Int.self)
    #expect(numbers.sorted() == Array(0..<count))
    #expect(count < 3 || numbers != Array(0..<count))
  }

  @Test func senselessParametersAreRefused() throws {
    let generator = try Generator(seed: 3)
    let x = try Tensor.zeros([4])
    #expect(throws: TensorError.self) { try generator.permutation(-1) }
    #expect(throws: TensorError.self) { try generator.fillUniform(x, 1, 0) }
    #expect(throws: TensorError.self) { try generator.fillNormal(x, deviation: -1) }
    #expect(throws: TensorError.self) { try generator.fillBernoulli(x, probability: 1.5) }
    #expect(throws: TensorError.self) { try generator.fillBernoulli(x, probability: .nan) }
    #expect(throws: TensorError.self) { try generator.fillUniform(Tensor.zeros([2], .int32), 0, 1) }
  }

  /// Parameters are leaves that require gradients when they are initialised.
  @Test func leavesCanBeFilled() throws {
    let x = try Tensor.zeros([4])
    try x.setRequiresGradient()
    try Generator(seed: 1).fillNormal(x)
    #expect(try x.requiresGradient && x.detached().absolute().sum().scalar() > 0)
  }
}
