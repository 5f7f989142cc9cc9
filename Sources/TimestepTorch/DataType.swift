import CTimestepTorch

/// The type of a tensor's elements.
public enum DataType: Int32, Sendable, CaseIterable, Codable {
  case uint8 = 0
  case int32 = 3
  case int64 = 4
  case float32 = 6
  case float64 = 7
  case complex64 = 9
  case complex128 = 10
  case bool = 11
  case bfloat16 = 15

  /// Bytes per element.
  public var byteCount: Int {
    switch self {
    case .uint8, .bool: 1
    case .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether elements are real floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .bfloat16: true
    default: false
    }
  }

  var raw: tst_dtype { tst_dtype(rawValue: rawValue) }
}

extension DataType: CustomStringConvertible {
  /// The name as in PyTorch, e.g. `float32`.
  public var description: String {
    switch self {
    case .uint8: "uint8"
    case .int32: "int32"
    case .int64: "int64"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .bool: "bool"
    case .bfloat16: "bfloat16"
    }
  }
}

/// A Swift type that a tensor's elements can be read as and made from.
public protocol TensorScalar: Sendable {
  /// The element type it stands for.
  static var dataType: DataType { get }
}

extension UInt8: TensorScalar {
  /// `uint8`
  public static var dataType: DataType { .uint8 }
}
extension Int32: TensorScalar {
  /// `int32`
  public static var dataType: DataType { .int32 }
}
extension Int64: TensorScalar {
  /// `int64`
  public static var dataType: DataType { .int64 }
}
extension Int: TensorScalar {
  /// `int64`
  public static var dataType: DataType { .int64 }
}
extension Float: TensorScalar {
  /// `float32`
  public static var dataType: DataType { .float32 }
}
extension Double: TensorScalar {
  /// `float64`
  public static var dataType: DataType { .float64 }
}
extension Bool: TensorScalar {
  /// `bool`
  public static var dataType: DataType { .bool }
}
