import TimestepTorch

/// The sizes of a convolution along one or two axes, which decide what it accepts.
struct ConvolutionSize {
  let path: ParameterPath
  let inputs: Int
  let outputs: Int
  let kernel: Int
  /// 1 for sequences, 2 for images.
  let axes: Int
  let options: ConvolutionOptions

  /// Checks the sizes; the padding is `(k - 1) / 2`, so that stride 1 keeps the length for odd k.
  init(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, kernel: Int, axes: Int, stride: Int,
    groups: Int
  ) throws {
    guard [inputs, outputs, kernel, stride, groups].allSatisfy(\.isLayerSize),
      inputs % groups == 0, outputs % groups == 0
    else {
      throw ShapeError(
        path: path.description,
        problem: "a \(Self.taps(kernel, axes)) convolution from \(inputs) to \(outputs) channels "
          + "in \(groups) groups with stride \(stride) does not exist")
    }
    self.path = path
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.axes = axes
    options = ConvolutionOptions(stride: stride, padding: (kernel - 1) / 2, groups: groups)
  }

  private static func taps(_ kernel: Int, _ axes: Int) -> String {
    axes == 1 ? "\(kernel)-tap" : "\(kernel)x\(kernel)"
  }

  /// `[D, C / groups, k]` or `[D, C / groups, k, k]`.
  var weightShape: [Int] {
    [outputs, inputs / options.groups] + [Int](repeating: kernel, count: axes)
  }

  /// What one tap connects.
  var fans: Fans {
    let taps = axes == 1 ? kernel : kernel * kernel
    return Fans(input: inputs / options.groups * taps, output: outputs / options.groups * taps)
  }

  /// The shape of the value, after adding a row for it.
  func trace(_ shape: [Int], parameters: Int, _ table: inout LayerTable) throws -> [Int] {
    let what = axes == 1 ? "sequence" : "image"
    guard shape.count == 1 + axes, shape[0] == inputs else {
      let expected = axes == 1 ? "[\(inputs), L]" : "[\(inputs), H, W]"
      throw ShapeError(
        path: path.description, problem: "expects \(expected), the input is \(shape)")
    }
    guard shape[1...].allSatisfy({ $0 <= (axes == 1 ? 1 << 32 : 1 << 16) }) else {
      throw ShapeError(path: path.description, problem: "the \(what) \(shape) is too large")
    }
    guard shape[1...].allSatisfy({ $0 > 0 && $0 + 2 * options.padding >= kernel }) else {
      throw ShapeError(path: path.description, problem: "the \(what) \(shape) is too small")
    }
    let size = shape[1...].map { ($0 + 2 * options.padding - kernel) / options.stride + 1 }
    let name = axes == 1 ? "conv \(kernel)" : "conv \(kernel)x\(kernel)"
    let stride = options.stride == 1 ? "" : ", stride \(options.stride)"
    let groups = options.groups == 1 ? "" : ", \(options.groups) groups"
    let weights = weightShape.reduce(1, *)
    table.add(
      path, name + stride + groups, outputShape: [outputs] + size, parameters: parameters,
      multiplyAdds: weights * size.reduce(1, *))
    table.add(convolution: path, from: shape, to: [outputs] + size, options)
    return [outputs] + size
  }
}
