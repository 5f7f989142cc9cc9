import Testing
import TimestepTorch

/// A failed operation says which it was, on what, and why, in libtorch's words without its stack trace.
@Suite struct ErrorTests {
  private func check(
    _ operation: String, _ operands: [String], _ words: String...,
    sourceLocation: SourceLocation = #_sourceLocation, body: () throws -> Tensor
  ) throws {
    let error = try tensorError(sourceLocation: sourceLocation) { _ = try body() }
    #expect(error.operation == operation, sourceLocation: sourceLocation)
    #expect(error.operands == operands, sourceLocation: sourceLocation)
    #expect(!error.message.isEmpty, sourceLocation: sourceLocation)
    for word in words {
      #expect(error.message.contains(word), "\(error.message)", sourceLocation: sourceLocation)
    }
    for trace in ["Exception raised from", "frame #", ".cpp:", "0x"] {
      #expect(!error.message.contains(trace), "\(error)", sourceLocation: sourceLocation)
    }
    #expect(error.description.hasPrefix(operation), sourceLocation: sourceLocation)
    for operand in operands {
      #expect(error.description.contains(operand), sourceLocation: sourceLocation)
    }
  }

  @Test func shapesOfConvolutions() throws {
    let image = try Tensor.zeros([2, 3, 8, 8])
    let weight = try Tensor.zeros([4, 5, 3, 3])
    let names = ["float32 [2, 3, 8, 8]", "float32 [4, 5, 3, 3]"]
    try check("convolution2D", names, "to have 5 channels, but got 3 channels") {
      try image.convolution2D(weight)
    }
    try check("convolution2D", names + ["float32 [7]"]) {
      try image.convolution2D(weight, bias: Tensor.zeros([7]))
    }
    try check("convolution1D", ["float32 [2, 3, 8]", "float32 [4, 5, 3]"], "channels") {
      try image.selected(0, axis: 3).convolution1D(weight.selected(0, axis: 3))
    }
    try check("convolutionTranspose2D", names) { try image.convolutionTranspose2D(weight) }
    let fitting = try Tensor.zeros([4, 3, 3, 3])
    for options: ConvolutionOptions in [
      .init(stride: 0), .init(padding: -1), .init(dilation: 0), .init(groups: 0),
      .init(groups: 2), .init(dilation: 5),
    ] {
      try check("convolution2D", ["float32 [2, 3, 8, 8]", "float32 [4, 3, 3, 3]"]) {
        try image.convolution2D(fitting, options)
      }
    }
    try check("convolution2D", ["float32 [2, 3, 8, 8]", "float64 [4, 3, 3, 3]"], "type") {
      try image.convolution2D(fitting.cast(to: .float64))
    }
  }

  @Test func shapesOfProducts() throws {
    let a = try Tensor.zeros([2, 3], .float64)
    let names = ["float64 [2, 3]", "float64 [2, 3]"]
    try check("matrixProduct", names, "2x3 and 2x3") { try a.matrixProduct(a) }
    try check("linear", ["float64 [2, 3]", "float64 [5, 4]"]) {
      try a.linear(Tensor.zeros([5, 4], .float64))
    }
    try check("adding", ["float64 [2, 3]", "float64 [2]"], "size of tensor a (3)") {
      try a + Tensor.zeros([2], .float64)
    }
    try check("*", ["float64 [2, 3]", "float64 [4, 3]"], "dimension 0") {
      try a * Tensor.zeros([4, 3], .float64)
    }
    try check("solve", names, "square") { try a.solve(a) }
    try check("eigenvalues", ["float64 [2, 3]"], "square") { try a.eigenvalues() }
    try check("singularValueDecomposition", ["float64 [3]"], "at least 2 dimensions") {
      try a.selected(0).singularValueDecomposition().u
    }
  }

  @Test func labels() throws {
    let logits = try Tensor.zeros([3, 4])
    for labels in [[0, 4, 1], [0, -1, 1], [0, .max, 1], [.min, 1, 1]] as [[Int]] {
      try check("crossEntropy", ["float32 [3, 4]", "int64 [3]"], "out of bounds") {
        try logits.crossEntropy(Tensor(labels))
      }
    }
    try check("crossEntropy", ["float32 [3, 4]", "int64 [2]"], "batch_size (3)") {
      try logits.crossEntropy(Tensor([1, 2]))
    }
    try check("crossEntropy", ["float32 [3, 4]", "int32 [3]"]) {
      try logits.crossEntropy(Tensor([1, 2, 3] as [Int32]))
    }
  }

  @Test func indices() throws {
    let table = try Tensor.zeros([3, 4])
    let names = ["float32 [3, 4]", "int64 [2]"]
    for wrong in [[0, 3], [-1, 0], [0, .max]] as [[Int]] {
      try check("embedding", names, "out of range") { try table.embedding(Tensor(wrong)) }
      try check("gathered", names, "out of range") { try table.gathered(Tensor(wrong)) }
    }
    try check("selected", ["float32 [3, 4]"], "out of range") { try table.selected(3) }
    try check("selected", ["float32 [3, 4]"], "out of range") { try table.selected(0, axis: 2) }
    try check("topK", ["float32 [3, 4]"]) { try table.topK(5).values }
    try check("sliced", ["float32 [3, 4]"], "step") { try table.sliced(0..<2, step: 0) }
  }

  @Test func shapes() throws {
    let a = try Tensor.zeros([2, 6])
    try check("reshaped", ["float32 [2, 6]"], "size 12") { try a.reshaped([5, -1]) }
    try check("permuted", ["float32 [2, 6]"]) { try a.permuted([0, 0]) }
    try check("expanded", ["float32 [2, 6]"]) { try a.expanded([3, 6]) }
    try check("transposed", ["float32 [6]"], "two axes") { try a.selected(0).transposed() }
    try check("flattened", ["float32 [2, 6]"], "no axis 3") { try a.flattened(from: 3) }
    try check("concatenated", []) { try Tensor.concatenated([]) }
    try check("stacked", ["float32 [2, 6]", "float32 [2]"], "equal size") {
      try Tensor.stacked([a, Tensor.zeros([2])])
    }
    try check("batchNormalized", ["float32 [2, 6]", "float32 [5]"]) {
      try a.batchNormalized(
        scale: Tensor.zeros([5]), shift: nil, runningMean: nil, runningVariance: nil,
        training: true)
    }
    try check("batchNormalized", ["float32 [1, 6]"], "more than 1 value per channel") {
      try a.sliced(0..<1).batchNormalized(
        scale: nil, shift: nil, runningMean: nil, runningVariance: nil, training: true)
    }
    try check("maxPool2D", ["float32 [2, 6]"]) { try a.maxPool2D(2, stride: 2) }
    try check("mean", ["int64 [2]"]) { try Tensor([1, 2]).mean() }
    try check("scalar", ["float32 [2, 6]"]) { try Tensor(a.scalar()) }
  }

  @Test func messagesBelongToTheirThread() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for width in 1...8 {
        group.addTask {
          let a = try Tensor.zeros([2, width + 1])
          let b = try Tensor.zeros([width, 2])
          for _ in 0..<200 {
            let error = try tensorError { _ = try a.matrixProduct(b) }
            #expect(error.message.contains("2x\(width + 1) and \(width)x2"))
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
