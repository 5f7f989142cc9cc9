import TimestepTorch

/// The values that both sides of a golden comparison compute from a tensor's name.
///
/// `Tests/Golden/common.py` describes them.
enum GoldenValues {
  /// FNV-1a over the name.
  static func seed(_ name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The finaliser of SplitMix64.
  static func finalise(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The first `count` 64-bit values of a name.
  static func bits(_ name: String, count: Int) -> [UInt64] {
    let seed = seed(name)
    return (0..<count).map { finalise(seed &+ UInt64($0 + 1) &* 0x9e37_79b9_7f4a_7c15) }
  }

  /// Numbers in [-1, 1).
  static func unit(_ name: String, count: Int) -> [Double] {
    bits(name, count: count).map { Double($0 >> 11) * 0x1p-53 * 2 - 1 }
  }

  /// The images of a batch, in float64.
  static func images(_ shape: [Int]) throws -> Tensor {
    try Tensor(unit("input", count: shape.reduce(1, *)).map { 1.7 * $0 }, shape: shape)
  }

  /// The labels of a batch.
  static func labels(_ count: Int, classes: Int) throws -> Tensor {
    try Tensor(bits("labels", count: count).map { Int64($0 % UInt64(classes)) })
  }

  /// A batch of texts of the 70 symbols: the first begins with symbol 69 and ends with eight of the padding, 0.
  static func texts(_ shape: [Int]) throws -> Tensor {
    var values = bits("input", count: shape.reduce(1, *)).map { Double($0 % 70) }
    values[0] = 69
    for index in shape[1] - 8..<shape[1] { values[index] = 0 }
    return try Tensor(values, shape: shape)
  }

  /// The value of a parameter or buffer, in float64.
  ///
  /// - Parameter shapes: the shapes of all tensors of the network: a bias depends on its layer's weight.
  static func parameter(_ path: String, shapes: [String: [Int]]) throws -> Tensor {
    var names = path.split(separator: ".")
    let kind = names.popLast() ?? ""
    let layer = names.joined(separator: ".")
    let shape = shapes[path] ?? []
    let values = unit(path, count: shape.reduce(1, *))
    if kind == "k" { return try Tensor(values.map { 0.5 * $0 }, shape: shape) }
    // Norms of several applications of one field are numbered.
    while let last = names.last, last.allSatisfy(\.isNumber) { names.removeLast() }
    if names.last?.hasPrefix("norm") == true {
      let center = kind == "weight" || kind == "running_var" ? 1.0 : 0.0
      return try Tensor(values.map { center + 0.1 * $0 }, shape: shape)
    }
    if names.last == "embedding" {
      let padded = values.indices.map { $0 < shape[1] ? 0 : values[$0] }
      return try Tensor(padded, shape: shape)
    }
    let fanIn = shapes["\(layer).weight"]?.dropFirst().reduce(1, *) ?? 0
    return try Tensor(values.map { $0 / Double(fanIn).squareRoot() }, shape: shape)
  }
}
