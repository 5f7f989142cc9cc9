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

  /// The value of a parameter or buffer, in float64.
  ///
  /// - Parameter shapes: the shapes of all tensors of the network: a bias depends on its layer's weight.
  static func parameter(_ path: String, shapes: [String: [Int]]) throws -> Tensor {
    let names = path.split(separator: ".")
    let layer = names.dropLast().joined(separator: ".")
    let kind = names.last ?? ""
    let shape = shapes[path] ?? []
    let values = unit(path, count: shape.reduce(1, *))
    if names.dropLast().last?.hasPrefix("norm") == true {
      let center = kind == "weight" || kind == "running_var" ? 1.0 : 0.0
      return try Tensor(values.map { center + 0.1 * $0 }, shape: shape)
    }
    let fanIn = shapes["\(layer).weight"]?.dropFirst().reduce(1, *) ?? 0
    return try Tensor(values.map { $0 / Double(fanIn).squareRoot() }, shape: shape)
  }
}
