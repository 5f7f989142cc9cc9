import TimestepTorch

/// What stands for the numbers of a window.
public enum PoolingKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// The largest.
  case max
  /// The mean; padding does not count.
  case average
}

/// One number for each window of k (or k x k) pixels, `[N, C, L] -> [N, C, L']` or
/// `[N, C, H, W] -> [N, C, H', W']`, with `L' = (L + 2 p - k) / s + 1` rounded down.
public struct Pooling: Layer {
  /// What stands for the numbers of a window.
  public let kind: PoolingKind
  /// Pixels of a window along each axis.
  public let kernel: Int
  /// Distance between windows.
  public let stride: Int
  /// Pixels added on each side, which count in neither the maximum nor the mean.
  public let padding: Int
  private let path: ParameterPath

  /// Creates the layer, which has no parameters; the path is for its row and its errors.
  public init(
    _ path: ParameterPath, _ kind: PoolingKind, kernel: Int, stride: Int? = nil, padding: Int = 0
  ) throws {
    let stride = stride ?? kernel
    guard kernel.isLayerSize, stride.isLayerSize, (0...kernel / 2).contains(padding) else {
      throw ShapeError(
        path: path.description,
        problem: "a pooling of \(kernel) pixels with stride \(stride) and padding \(padding) "
          + "does not exist")
    }
    self.path = path
    self.kind = kind
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    switch (kind, input.rank == 3) {
    case (.max, true): try input.maxPool1D(kernel, stride: stride, padding: padding)
    case (.max, false): try input.maxPool2D(kernel, stride: stride, padding: padding)
    case (.average, true): try input.averagePool1D(kernel, stride: stride, padding: padding)
    case (.average, false): try input.averagePool2D(kernel, stride: stride, padding: padding)
    }
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    guard [2, 3].contains(shape.count), shape[0] > 0,
      shape[1...].allSatisfy({ $0 > 0 && $0 <= 1 << 32 && $0 + 2 * padding >= kernel })
    else {
      throw ShapeError(
        path: path.description,
        problem: "windows of \(kernel) pixels do not fit the input \(shape)")
    }
    let output = [shape[0]] + shape[1...].map { ($0 + 2 * padding - kernel) / stride + 1 }
    table.add(
      path, "\(kind.rawValue) pool \(kernel), stride \(stride)", outputShape: output,
      keptElements: kind == .max ? output.reduce(1, *) : 0)
    return output
  }
}

/// Pooling over windows chosen so that the value has a given size: `[1, 1]` is the whole image.
///
/// `[N, C, L] -> [N, C, l]` or `[N, C, H, W] -> [N, C, h, w]`; the windows overlap where the size is no divisor.
public struct AdaptivePooling: Layer {
  /// What stands for the numbers of a window.
  public let kind: PoolingKind
  /// `[l]` or `[h, w]`.
  public let size: [Int]
  private let path: ParameterPath

  /// Creates the layer, which has no parameters; the path is for its row and its errors.
  public init(_ path: ParameterPath, _ kind: PoolingKind, size: [Int]) throws {
    guard [1, 2].contains(size.count), size.allSatisfy(\.isLayerSize) else {
      throw ShapeError(
        path: path.description, problem: "an adaptive pooling to \(size) does not exist")
    }
    self.path = path
    self.kind = kind
    self.size = size
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    guard input.rank == size.count + 2 else {
      throw ShapeError(
        path: path.description, problem: "cannot pool \(input.shape) to \(size)")
    }
    return switch kind {
    case .max: try input.adaptiveMaxPool(size)
    case .average: try input.adaptiveAveragePool(size)
    }
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    guard shape.count == size.count + 1, shape.allSatisfy({ $0 > 0 }) else {
      throw ShapeError(path: path.description, problem: "cannot pool \(shape) to \(size)")
    }
    let output = [shape[0]] + size
    table.add(
      path, "\(kind.rawValue) pool to \(size.map(String.init).joined(separator: "x"))",
      outputShape: output, keptElements: kind == .max ? output.reduce(1, *) : 0)
    return output
  }
}
