import CTimestepTorch

/// An n-dimensional array of libtorch, freed when the last reference to it goes.
///
/// Operations make new tensors, so a `Tensor` behaves like a value; the few that change their elements in place
/// say so in their name (`addInPlace`, `fill`). Every operation throws ``TensorError`` with the operation's name
/// and the shapes it was given.
///
/// ```swift
/// let u = try Tensor([1, 2, 3] as [Double])
/// let next = try u + 0.1 * (-u)
/// ```
public struct Tensor: @unchecked Sendable {
  // libtorch's reference counts are atomic, and its tensors may be read by several threads at once; whoever
  // changes elements in place has to own the tensor, as with any shared memory.
  private let owner: Owner

  private final class Owner {
    let handle: tst_tensor
    init(_ handle: tst_tensor) { self.handle = handle }
    deinit { tst_tensor_free(handle) }
  }

  init(owning handle: tst_tensor) { owner = Owner(handle) }

  /// The borrowed handle; valid while the tensor lives.
  var handle: tst_tensor { owner.handle }

  /// Calls an engine function that reads this tensor, keeping it alive until the call returns.
  @inline(__always)
  func read<Value>(
    _ operation: StaticString, into value: Value,
    _ call: (UnsafeMutablePointer<Value>, tst_tensor) -> Int32
  ) throws -> Value {
    var value = value
    try withExtendedLifetime(owner) { try check(call(&value, owner.handle), operation, [self]) }
    return value
  }
}

extension Tensor {
  /// The number of axes.
  public var rank: Int {
    var rank: Int32 = 0
    return withExtendedLifetime(owner) { tst_rank(&rank, owner.handle) } == 0 ? Int(rank) : 0
  }

  /// The length of each axis, e.g. `[N, C, H, W]`.
  public var shape: [Int] { lengths(tst_sizes) }

  /// The distance in elements between neighbours along each axis.
  public var strides: [Int] { lengths(tst_strides) }

  private func lengths(_ read: (UnsafeMutablePointer<Int64>?, tst_tensor?) -> Int32) -> [Int] {
    var values = [Int64](repeating: 0, count: rank)
    let status = withExtendedLifetime(owner) {
      values.withUnsafeMutableBufferPointer { read($0.baseAddress, owner.handle) }
    }
    return status == 0 ? values.map(Int.init) : []
  }

  /// The number of elements.
  public var count: Int {
    var count: Int64 = 0
    return withExtendedLifetime(owner) { tst_element_count(&count, owner.handle) } == 0
      ? Int(count) : 0
  }

  /// The type of the elements.
  public var dataType: DataType {
    get throws {
      let raw = try read("dataType", into: Int32(0), tst_dtype_of)
      guard let type = DataType(rawValue: raw) else {
        throw TensorError(operation: "dataType", message: "unsupported element type number \(raw)")
      }
      return type
    }
  }

  /// Where the elements are.
  public var device: Device {
    get throws { Device(try read("device", into: tst_device(), tst_device_of)) }
  }

  /// Whether the elements lie without gaps in the given order.
  public func isContiguous(_ format: MemoryFormat = .contiguous) throws -> Bool {
    try read("isContiguous", into: false) { tst_is_contiguous($0, $1, format.raw) }
  }

  /// Element type and shape in one word, e.g. `float32 [8, 3, 32, 32]`.
  public var summary: String { "\((try? dataType).map(\.description) ?? "?") \(shape)" }
}

extension Tensor: CustomStringConvertible {
  /// Element type, shape, and the elements when they are few.
  public var description: String {
    guard count <= 16, let type = try? dataType, type != .complex64, type != .complex128,
      let values = try? scalars(Double.self)
    else { return "Tensor(\(summary))" }
    return "Tensor(\(summary): \(values))"
  }
}
