import TimeStepping
import TimestepTorch

/// What lies around an image.
public enum ConvolutionPadding: String, Sendable, Hashable, CaseIterable {
  /// Nothing: zeros.
  case zeros
  /// The opposite side of the image, as if it were a torus.
  case periodic

  /// `padding=periodic`, where there is a choice.
  static func arguments(on kind: StateKind) -> [ArgumentDescription] {
    kind == .images
      ? [
        ArgumentDescription(
          "padding", standard: "zeros", "what lies around the image, zeros or periodic")
      ] : []
  }
}

extension Tensor {
  /// The convolution 3x3 `[N, C, H, W] -> [N, D, H, W]` on the torus.
  func periodicConvolution2D(_ weight: Tensor) throws -> Tensor {
    var image = self
    for axis in [2, 3] {
      let length = shape[axis]
      let (first, last) = (
        try image.sliced(0..<1, axis: axis), try image.sliced(length - 1..<length, axis: axis)
      )
      image = try .concatenated([last, image, first], axis: axis)
    }
    return try image.convolution2D(weight)
  }

  /// `(I + c K^T K)^{-1} v`, K the convolution 3x3 on the torus with this weight `[D, C, 3, 3]`.
  ///
  /// In Fourier space K is a matrix `[D, C]` for each frequency, so that one system `[C, C]` is solved for each.
  func solvingNormalEquations(_ v: Tensor, factor c: Double) throws -> Tensor {
    let (height, width) = (v.shape[2], v.shape[3])
    let columns = width / 2 + 1
    // exp(2 pi i (k (y - 1) / H + l (x - 1) / W)) for the frequencies k, l and the taps y, x.
    let phases =
      try phases(height, count: height).reshaped([height, 1, 3, 1])
      + phases(width, count: columns).reshaped([1, columns, 1, 3])
    let parts = try [phases.cosine(), phases.sine()].map {
      try Tensor.einsum("klyx,oiyx->kloi", [$0, self])
    }
    let symbol = try Tensor.stacked(parts, axis: -1).complexFromPairs()
    let normal = try symbol.conjugate().transposed().matrixProduct(symbol)
    let matrix = try normal * c + .unit(normal.shape[3], dataType, on: device)
    let right = try v.realFourierTransform2D(height, width).permuted([2, 3, 1, 0])
    return try matrix.solve(right).permuted([3, 2, 0, 1])
      .inverseRealFourierTransform2D(height, width).cast(to: v.dataType)
  }

  /// `2 pi k (t - 1) / length` for the first k and the taps t = 0, 1, 2.
  private func phases(_ length: Int, count: Int) throws -> Tensor {
    let numbers = try Tensor.range(to: Double(count), .float64).unsqueezed(1)
    let taps = try Tensor.range(from: -1, to: 2, .float64)
    return try (numbers * taps * (2 * Double.pi / Double(length)))
      .cast(to: dataType).moved(to: device)
  }
}
