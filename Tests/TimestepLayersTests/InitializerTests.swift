import Testing
import TimestepLayers
import TimestepTorch

/// The distributions from which weights begin, measured on many numbers.
@Suite struct InitializerTests {
  /// A weight `[512, 128, 3, 3]`, whose fans differ.
  private static let shape = [512, 128, 3, 3]
  private static let fans = Fans(input: 1152, output: 4608)

  private func draw(_ initializer: any Initializer, seed: UInt64 = 1) throws -> [Double] {
    let tensor = try Tensor.empty(Self.shape, .float64)
    try initializer.fill(tensor, fans: Self.fans, generator: Generator(seed: seed))
    return try tensor.scalars(Double.self)
  }

  private static let uniforms: [(any Initializer, bound: Double)] = [
    (PyTorchDefault(), (1.0 / 1152).squareRoot()),
    (XavierUniform(), (6.0 / (1152 + 4608)).squareRoot()),
    (HeUniform(), (6.0 / 1152).squareRoot()),
  ]

  @Test("Uniform initialisers fill their interval evenly", arguments: uniforms.indices)
  func uniform(index: Int) throws {
    let (initializer, bound) = Self.uniforms[index]
    let values = try draw(initializer).map { $0 / bound }
    let n = Double(values.count)
    #expect(values.allSatisfy { abs($0) <= 1 })
    #expect((values.max() ?? 0) > 1 - 40 / n && (values.min() ?? 0) < -1 + 40 / n)
    // Five standard deviations of the estimates.
    #expect(abs(mean(values, power: 1)) < 5 / (3 * n).squareRoot())
    #expect(abs(mean(values, power: 2) - 1 / 3.0) < 5 * (4 / (45 * n)).squareRoot())
  }

  private static let normals: [(any Initializer, deviation: Double)] = [
    (XavierNormal(), (2.0 / (1152 + 4608)).squareRoot()),
    (HeNormal(), (2.0 / 1152).squareRoot()),
  ]

  @Test("Normal initialisers have their variance and tails", arguments: normals.indices)
  func normal(index: Int) throws {
    let (initializer, deviation) = Self.normals[index]
    let values = try draw(initializer).map { $0 / deviation }
    let n = Double(values.count)
    #expect(abs(mean(values, power: 1)) < 5 / n.squareRoot())
    #expect(abs(mean(values, power: 2) - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(mean(values, power: 4) - 3) < 5 * (96 / n).squareRoot())
  }

  @Test("Equal seeds give equal values, others others", arguments: InitializerCatalog.all.indices)
  func seeds(index: Int) throws {
    let initializer = InitializerCatalog.all[index]
    let first = try draw(initializer)
    #expect(try first == draw(initializer))
    #expect(try first != draw(initializer, seed: 2))
    #expect(first.allSatisfy { $0.isFinite })
  }

  @Test("Names differ and formulas are given")
  func names() {
    let all = InitializerCatalog.all
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(all.allSatisfy { !$0.formula.isEmpty })
  }

  private func mean(_ values: [Double], power: Int) -> Double {
    let sum = values.reduce(0) { sum, value in
      sum + (0..<power).reduce(1) { product, _ in product * value }
    }
    return sum / Double(values.count)
  }
}
