import CTimestepTorch

/// A seeded source of random numbers (Mersenne twister, as PyTorch's CPU generator) with a state that can be saved.
public final class Generator: @unchecked Sendable {
  // One thread at a time draws from a generator; its owner sees to that.
  private let handle: tst_generator

  /// A generator that starts from a seed; equal seeds give equal sequences.
  public init(seed: UInt64) throws {
    var handle: tst_generator?
    try check(tst_generator_create(&handle, seed), "Generator.init")
    guard let handle else {
      throw TensorError(operation: "Generator.init", message: "no generator")
    }
    self.handle = handle
  }

  deinit { tst_generator_free(handle) }

  /// The whole state as bytes.
  public func state() throws -> [UInt8] {
    try makeTensor("Generator.state") { tst_generator_state($0, handle) }.scalars(UInt8.self)
  }

  /// Goes back to a saved state.
  public func restore(_ state: [UInt8]) throws {
    let tensor = try Tensor(state)
    try check(tst_generator_set_state(handle, tensor.handle), "Generator.restore", [tensor])
  }

  /// Overwrites the elements with numbers uniform on `[low, high)`.
  public func fillUniform(_ tensor: Tensor, _ low: Double, _ high: Double) throws {
    try check(tst_uniform_(tensor.handle, low, high, handle), "fillUniform", [tensor])
  }

  /// Overwrites the elements with normal numbers.
  public func fillNormal(_ tensor: Tensor, mean: Double = 0, deviation: Double = 1) throws {
    try check(tst_normal_(tensor.handle, mean, deviation, handle), "fillNormal", [tensor])
  }

  /// Overwrites the elements with 1 (with the given probability) or 0.
  public func fillBernoulli(_ tensor: Tensor, probability: Double) throws {
    try check(tst_bernoulli_(tensor.handle, probability, handle), "fillBernoulli", [tensor])
  }

  /// The numbers `0 ..< count` in random order.
  public func permutation(_ count: Int) throws -> Tensor {
    try makeTensor("permutation") { tst_random_permutation($0, Int64(count), handle) }
  }
}
