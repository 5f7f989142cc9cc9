import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Channels and parameters of the papers' blocks.
@Suite struct FieldSizeTests {
  /// The parameters of a field, and the kinds of its rows.
  private func size(
    _ name: String, _ shape: FieldShape, normalization: Normalization = .batch, bias: Bool = false,
    applications: Int = 1, hasNormPerApplication: Bool = false
  ) throws -> (parameters: Int, kinds: [String]) {
    let store = ParameterStore()
    let definition = try FieldCatalog.definition(named: name)
    let style = FieldStyle(
      normalization: normalization, bias: bias, applications: applications,
      hasNormPerApplication: hasNormPerApplication)
    let field = try definition.make(ParameterPath.root, in: store, shape: shape, style: style)
    var table = LayerTable()
    let size = definition.states == [.sequences] ? [16] : [16, 16]
    _ = try field.trace([shape.inputs] + size, &table)
    return (store.trainableCount, table.rows.map(\.kind))
  }

  @Test("Blocks of the papers have their parameters")
  func parameters() throws {
    let change = FieldShape(inputs: 16, outputs: 32, stride: 2)
    // Norms of 16 and 32 channels, convolutions 16 -> 32 and 32 -> 32 of nine taps.
    #expect(try size("pre-activation", change).parameters == 2 * 48 + 9 * (16 * 32 + 32 * 32))
    let bottleneck = FieldShape(inputs: 64, outputs: 128, stride: 2)
    let weights = 64 * 32 + 9 * 32 * 32 + 32 * 128
    #expect(try size("bottleneck", bottleneck).parameters == 2 * (64 + 32 + 32) + weights)
    #expect(try size("bottleneck-post", bottleneck).parameters == 2 * (32 + 32 + 128) + weights)
    // The first stage of ResNeXt-29 8x64d, whose block widens 64 to 256 channels on 512 inside.
    let first = FieldShape(inputs: 64, outputs: 256)
    #expect(
      try size("resnext", first).parameters
        == 2 * (64 + 512 + 512) + 64 * 512 + 9 * 512 * 64 + 512 * 256)
    let second = FieldShape(inputs: 256, outputs: 512, stride: 2)
    #expect(
      try size("resnext:groups=16", second).parameters
        == 2 * (256 + 2048 + 2048) + 256 * 2048 + 9 * 2048 * 128 + 2048 * 512)
    // VDCNN's convolutions have biases beside the norms.
    let text = FieldShape(inputs: 64, outputs: 128)
    #expect(
      try size("conv1d", text).parameters
        == 3 * (64 * 128 + 128 * 128) + 2 * 128 + 2 * (128 + 128))
  }

  @Test(
    "EraseReLU drops the last activation and keeps its norm",
    arguments: ["pre-activation", "bottleneck"])
  func erased(name: String) throws {
    let shape = FieldShape(inputs: 16)
    let whole = try size(name, shape)
    let erased = try size("\(name):erased=yes", shape)
    #expect(erased.parameters == whole.parameters)
    var kinds = whole.kinds
    kinds.remove(at: try #require(kinds.lastIndex(of: "relu")))
    #expect(erased.kinds == kinds)
    #expect(try size("\(name):erased=no", shape).kinds == whole.kinds)
  }

  @Test("Norms of the applications of the weights: shared, or one each")
  func applications() throws {
    let shape = FieldShape(inputs: 16)
    let once = try size("bottleneck", shape).parameters
    let norms = 2 * (16 + 4 + 4)
    #expect(try size("bottleneck", shape, applications: 3).parameters == once)
    #expect(
      try size("bottleneck", shape, applications: 3, hasNormPerApplication: true).parameters
        == once + 2 * norms)
  }
}
