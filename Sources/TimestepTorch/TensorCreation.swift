import CTimestepTorch

extension Tensor {
  /// Uninitialised memory of the given shape.
  public static func empty(
    _ shape: [Int], _ type: DataType = .float32, on device: Device = .cpu,
    format: MemoryFormat = .contiguous
  ) throws -> Tensor {
    try makeTensor("empty") { out in
      shape.withInt64 { tst_empty(out, $0, $1, type.raw, device.raw, format.raw) }
    }
  }

  /// A tensor whose elements all have one value.
  public static func full(
    _ shape: [Int], _ value: Double, _ type: DataType = .float32, on device: Device = .cpu
  ) throws -> Tensor {
    try makeTensor("full") { out in
      shape.withInt64 { tst_full(out, $0, $1, value, type.raw, device.raw) }
    }
  }

  /// A tensor of zeros.
  public static func zeros(
    _ shape: [Int], _ type: DataType = .float32, on device: Device = .cpu
  ) throws -> Tensor { try full(shape, 0, type, on: device) }

  /// A tensor of ones.
  public static func ones(
    _ shape: [Int], _ type: DataType = .float32, on device: Device = .cpu
  ) throws -> Tensor { try full(shape, 1, type, on: device) }

  /// The numbers `start, start + step, ...` below `end`.
  public static func range(
    from start: Double = 0, to end: Double, by step: Double = 1, _ type: DataType = .float32,
    on device: Device = .cpu
  ) throws -> Tensor {
    try makeTensor("range") { tst_arange($0, start, end, step, type.raw, device.raw) }
  }

  /// A copy of the values, in row order; without a shape, a vector.
  public init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]? = nil) throws {
    let shape = shape ?? [values.count]
    guard shape.allSatisfy({ $0 >= 0 }), Tensor.product(shape) == values.count else {
      throw TensorError(
        operation: "Tensor.init",
        message: "\(values.count) values do not fill the shape \(shape)")
    }
    self = try Tensor.empty(shape, Scalar.dataType)
    try withMutableBytes { target in
      values.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }

  /// A tensor without axes that holds one number.
  public init(_ value: Double, _ type: DataType = .float32) throws {
    self = try Tensor.full([], value, type)
  }

  /// Wraps memory that is already there, without copying; `release` is called once when no tensor uses it.
  ///
  /// - Parameters:
  ///   - strides: distances in elements between neighbours along each axis.
  /// - Note: the memory must hold every element that the shape and the strides reach.
  public init(
    wrapping memory: UnsafeMutableRawPointer, shape: [Int], strides: [Int], _ type: DataType,
    release: @escaping @Sendable () -> Void
  ) throws {
    guard shape.count == strides.count else {
      throw TensorError(
        operation: "Tensor.init(wrapping:)",
        message: "shape \(shape) and strides \(strides) differ in length")
    }
    let context = Unmanaged.passRetained(Release(release))
    do {
      self = try makeTensor("Tensor.init(wrapping:)") { out in
        shape.withInt64 { sizes, rank in
          strides.withInt64 { steps, _ in
            tst_from_memory(
              out, memory, sizes, steps, rank, type.raw,
              { context in
                if let context { Unmanaged<Release>.fromOpaque(context).takeRetainedValue().call() }
              }, context.toOpaque())
          }
        }
      }
    } catch {
      context.release()
      throw error
    }
  }

  private final class Release: Sendable {
    let call: @Sendable () -> Void
    init(_ call: @escaping @Sendable () -> Void) { self.call = call }
  }

  /// The product of the lengths; nil when it does not fit.
  static func product(_ shape: [Int]) -> Int? {
    var result = 1
    for length in shape {
      let (value, overflow) = result.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      result = value
    }
    return result
  }
}
