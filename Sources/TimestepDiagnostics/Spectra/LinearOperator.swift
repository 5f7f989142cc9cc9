import TimestepLayers
import TimestepTorch

/// A linear map A between two spaces of tensors, known by what it and its adjoint do to a batch of vectors.
///
/// The adjoint is always that of a ``FieldJacobian``. The map itself is computed where it is linear already, as a
/// convolution; for the Jacobian of a function it is the Jacobian's.
public struct LinearOperator {
  /// The shape of one vector of the domain.
  public let inputShape: [Int]
  /// The shape of one vector of the range.
  public let outputShape: [Int]
  /// The type in which vectors are computed with.
  public let dataType: DataType
  /// Where.
  public let device: Device
  private let forward: (Tensor) throws -> Tensor
  private let backward: (Tensor) throws -> Tensor

  /// The dimension of the domain.
  public var columns: Int { inputShape.reduce(1, *) }
  /// The dimension of the range.
  public var rows: Int { outputShape.reduce(1, *) }

  private init(
    _ inputShape: [Int], _ outputShape: [Int], _ dataType: DataType, _ device: Device,
    forward: @escaping (Tensor) throws -> Tensor, backward: @escaping (Tensor) throws -> Tensor
  ) {
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.dataType = dataType
    self.device = device
    self.forward = forward
    self.backward = backward
  }

  /// `A v` for each vector of a batch, `[N] + inputShape` to `[N] + outputShape`.
  public func callAsFunction(_ v: Tensor) throws -> Tensor { try forward(v).detached() }

  /// `A^T w` for each vector of a batch.
  public func adjoint(_ w: Tensor) throws -> Tensor { try backward(w).detached() }

  /// The adjoint as an operator.
  public var transposed: LinearOperator {
    LinearOperator(
      outputShape, inputShape, dataType, device, forward: backward, backward: forward)
  }

  /// A function that is linear, on batches of vectors.
  public init(
    linear function: @escaping (Tensor) throws -> Tensor, from inputShape: [Int],
    _ dataType: DataType = .float64, on device: Device = .cpu
  ) throws {
    let zero = try Tensor.zeros([1] + inputShape, dataType, on: device)
    let outputShape = Array(try withoutGradients { try function(zero) }.shape.dropFirst())
    let jacobian = RepeatedJacobian(of: function, at: zero)
    self.init(
      inputShape, outputShape, dataType, device,
      forward: { v in try withoutGradients { try function(v) } },
      backward: { w in try jacobian.repeated(w.shape[0]).transposed(w) })
  }

  /// The Jacobian at a point of a function that treats the examples of a batch one by one.
  ///
  /// - Parameter point: `[1] + inputShape`.
  public init(jacobianOf function: @escaping (Tensor) throws -> Tensor, at point: Tensor) throws {
    let point = try point.detached()
    let outputShape = Array(try withoutGradients { try function(point) }.shape.dropFirst())
    let jacobian = RepeatedJacobian(of: function, at: point)
    self.init(
      Array(point.shape.dropFirst()), outputShape, try point.dataType, try point.device,
      forward: { v in try jacobian.repeated(v.shape[0]).applied(to: v) },
      backward: { w in try jacobian.repeated(w.shape[0]).transposed(w) })
  }

  /// The matrix `[rows, columns]`, in batches of unit vectors of the range; only for small operators.
  public func matrix(batch: Int = 128) throws -> Tensor {
    let numbers = try Tensor.range(to: Double(rows), .float64, on: device).unsqueezed(0)
    var parts: [Tensor] = []
    for first in stride(from: 0, to: rows, by: batch) {
      let last = min(first + batch, rows)
      let chosen = try Tensor.range(from: Double(first), to: Double(last), .float64, on: device)
      let unit = try chosen.unsqueezed(1).equal(numbers).cast(to: dataType)
      parts.append(try adjoint(unit.reshaped([last - first] + outputShape)).flattened(from: 1))
    }
    return try Tensor.concatenated(parts).cast(to: .float64)
  }
}

/// The Jacobian of a function at one point, for batches of vectors: that at the point repeated as often.
private final class RepeatedJacobian {
  private let function: (Tensor) throws -> Tensor
  private let point: Tensor
  private var last: (count: Int, jacobian: FieldJacobian)?

  init(of function: @escaping (Tensor) throws -> Tensor, at point: Tensor) {
    self.function = function
    self.point = point
  }

  /// For so many vectors; that of the last number is kept.
  func repeated(_ count: Int) throws -> FieldJacobian {
    if let last, last.count == count { return last.jacobian }
    last = nil
    let points = try point.expanded([count] + point.shape.dropFirst()).contiguous()
    let made = try FieldJacobian(at: points, of: function)
    last = (count, made)
    return made
  }
}

extension LinearOperator {
  /// A convolution of a network by itself, without its bias, in float64.
  ///
  /// - Parameter weight: `[D, C / groups, k, k]` or `[D, C / groups, k]`.
  public init(_ convolution: LayerTable.Convolution, weight: Tensor) throws {
    let weight = try weight.detached().cast(to: .float64)
    let options = convolution.options
    let isImage = convolution.inputShape.count == 3
    try self.init(
      linear: { v in
        if convolution.isPeriodic {
          return try v.wrapped(options.padding).convolution2D(
            weight, ConvolutionOptions(stride: options.stride, groups: options.groups))
        }
        return try isImage
          ? v.convolution2D(weight, options) : v.convolution1D(weight, options)
      }, from: convolution.inputShape, on: weight.device)
  }
}

extension Tensor {
  /// An image `[N, C, H, W]` on the torus with this many rows and columns of the opposite side around it.
  func wrapped(_ margin: Int) throws -> Tensor {
    guard margin > 0 else { return self }
    var image = self
    for axis in [2, 3] {
      let length = shape[axis]
      let (first, last) = (
        try image.sliced(0..<margin, axis: axis),
        try image.sliced(length - margin..<length, axis: axis)
      )
      image = try .concatenated([last, image, first], axis: axis)
    }
    return image
  }
}
