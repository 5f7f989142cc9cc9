import TimestepLayers
import TimestepTorch

/// What the maps without weights have in common: fewer pixels, then channels of zeros at the end.
///
/// `[N, C, H, W] -> [N, D, ceil(H / stride), ceil(W / stride)]`, the size that a strided 1x1 convolution gives too.
/// Only `D >= C` makes sense: nothing says which channels should go.
struct ChannelPadding {
  let path: ParameterPath
  let inputs: Int
  let outputs: Int
  let stride: Int

  init(_ path: ParameterPath, from inputs: Int, to outputs: Int, stride: Int) throws {
    guard inputs > 0, outputs >= inputs, stride > 0 else {
      throw ShapeError(
        path: path.description,
        problem: "channels of zeros cannot lead from \(inputs) to \(outputs) channels with stride "
          + "\(stride); a transition with a convolution can")
    }
    (self.path, self.inputs, self.outputs, self.stride) = (path, inputs, outputs, stride)
  }

  /// The images with channels of zeros appended.
  func appendingZeros(to images: Tensor) throws -> Tensor {
    guard outputs > inputs else { return images }
    return try images.padded([(0, 0), (0, 0), (0, outputs - inputs)])
  }

  /// Checks the input and adds the row of the map.
  func trace(_ shape: [Int], _ table: inout LayerTable, _ kind: String) throws -> [Int] {
    guard shape.count == 3, shape[0] == inputs, shape[1...].allSatisfy({ $0 > 0 }) else {
      throw ShapeError(
        path: path.description, problem: "expects [\(inputs), H, W], the input is \(shape)")
    }
    let output = [outputs] + shape[1...].map { ($0 + stride - 1) / stride }
    table.add(path, stride == 1 ? kind : "\(kind), stride \(stride)", outputShape: output)
    return output
  }
}
