import TimestepLayers
import TimestepTorch

/// The singular values of a convolution on a torus, all of them, frequency by frequency.
///
/// With stride 1 the convolution acts on the frequency (u, v) by the `d x c` matrix `A(u, v)` of the transformed taps.
/// With stride s, `s^2` frequencies of the input fold onto one of the output, which sees
///
/// ```
/// (1/s) [A(u + i H/s, v + j W/s)],  i, j = 0 ... s - 1,   d x s^2 c
/// ```
///
/// Groups act on channels of their own. The union over all output frequencies and groups are the singular values of the
/// whole operator. Source: Sedghi, Gupta and Long (2019), theorem 6; Procrustes paper, theorem 3; the folding is that of
/// the discrete Fourier transform under subsampling.
public enum CircularSpectrum {
  /// The singular values, descending; nil for a map whose size the stride does not divide.
  ///
  /// - Parameters:
  ///   - weight: `[D, C / groups, k, k]` or `[D, C / groups, k]`; it may be larger than the map, around which it then
  ///     winds.
  ///   - size: height and width, or length, of the input.
  public static func singularValues(
    _ weight: Tensor, size: [Int], stride: Int = 1, groups: Int = 1
  ) throws -> [Double]? {
    try withoutGradients {
      var kernel = try weight.detached().moved(to: .cpu).cast(to: .float64)
      var (map, strides) = (size, [Int](repeating: stride, count: size.count))
      if kernel.rank == 3, size.count == 1 {
        kernel = try kernel.unsqueezed(2)
        (map, strides) = ([1] + size, [1, stride])
      }
      guard kernel.rank == 4, map.count == 2, groups >= 1, stride >= 1,
        kernel.shape.allSatisfy({ $0 > 0 }), kernel.shape[0] % groups == 0,
        map.allSatisfy({ $0 > 0 })
      else {
        throw ShapeError(
          path: "circular spectrum",
          problem: "expects a kernel [d, c, k, k] and a map [H, W], or [d, c, k] and [L], given "
            + "\(weight.shape) and \(size)")
      }
      guard zip(map, strides).allSatisfy({ $0 % $1 == 0 }) else { return nil }
      for axis in [2, 3] { kernel = try kernel.wound(to: map[axis - 2], axis: axis) }
      let outputs = kernel.shape[0] / groups
      var values: [Double] = []
      for group in 0..<groups {
        let part = try kernel.sliced(group * outputs..<(group + 1) * outputs)
        values += try matrices(part, map, strides).singularValues().scalars(Double.self)
      }
      return values.sorted(by: >)
    }
  }

  /// The matrix of every output frequency, `[H/s, W/s, d, s^2 c]`.
  private static func matrices(_ kernel: Tensor, _ map: [Int], _ strides: [Int]) throws -> Tensor {
    let (d, c) = (kernel.shape[0], kernel.shape[1])
    let symbols = try kernel.fourierTransform2D(map[0], map[1]).permuted([2, 3, 0, 1])
    let (height, width) = (map[0] / strides[0], map[1] / strides[1])
    let folds = strides[0] * strides[1]
    return try symbols.contiguous()
      .reshaped([strides[0], height, strides[1], width, d, c])
      .permuted([1, 3, 4, 0, 2, 5]).contiguous()
      .reshaped([height, width, d, folds * c]) * (1 / Double(folds).squareRoot())
  }
}

extension Tensor {
  /// An axis wound around a circle of the given length: taps that meet are added.
  fileprivate func wound(to length: Int, axis: Int) throws -> Tensor {
    let taps = shape[axis]
    guard taps > length else { return self }
    var sum = try sliced(0..<length, axis: axis)
    for first in stride(from: length, to: taps, by: length) {
      let last = Swift.min(first + length, taps)
      var turn = try sliced(first..<last, axis: axis)
      if last - first < length {
        var lengths = shape
        lengths[axis] = length - (last - first)
        turn = try .concatenated([turn, .zeros(lengths, dataType, on: device)], axis: axis)
      }
      sum = try sum + turn
    }
    return sum
  }
}
