/// The problem a network is made for.
public struct NetworkTask: Sendable, Hashable {
  /// The shape of one example: `[C, H, W]`, `[length]` of characters for text, or `[d]` for points.
  public var inputShape: [Int]
  /// What an example is.
  public var inputKind: InputKind
  /// What comes out about an example.
  public var output: NetworkOutput

  /// Creates a task; the default is CIFAR-10's.
  ///
  /// - Parameter inputKind: what an example is; nil for an image where the shape has three axes, else a point.
  public init(
    inputShape: [Int] = [3, 32, 32], inputKind: InputKind? = nil, output: NetworkOutput
  ) {
    self.inputShape = inputShape
    self.inputKind = inputKind ?? (inputShape.count == 3 ? .images : .points)
    self.output = output
  }

  /// Creates a task of classification; the default is CIFAR-10's.
  public init(
    inputShape: [Int] = [3, 32, 32], inputKind: InputKind? = nil, classes: Int = 10
  ) {
    self.init(inputShape: inputShape, inputKind: inputKind, output: .classes(classes))
  }

  /// How many numbers come out: logits of classes, or values.
  public var outputs: Int {
    switch output {
    case .classes(let count), .values(let count), .pixelClasses(let count): count
    }
  }

  /// Whether there is an output for each pixel, so that the network has to keep the resolution.
  public var isPerPixel: Bool {
    if case .pixelClasses = output { true } else { false }
  }

  /// Whether the shape is one of its kind, and only images have outputs for pixels.
  var isConsistent: Bool {
    inputShape.count == inputKind.rank && (!isPerPixel || inputKind == .images)
  }
}

/// What the examples of a task are: a shape alone does not tell a point from a text.
public enum InputKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// `[d]`: numbers without an order in space.
  case points
  /// `[C, H, W]`: pixels.
  case images
  /// `[L]`: numbers that stand for characters.
  case texts

  /// The axes of an example.
  var rank: Int { self == .images ? 3 : 1 }
}

/// What a network says about an example.
public enum NetworkOutput: Sendable, Hashable {
  /// The logits of so many classes, `[N, classes]`.
  case classes(Int)
  /// So many numbers, `[N, values]`.
  case values(Int)
  /// The logits of so many classes at each pixel, `[N, classes, H, W]`.
  case pixelClasses(Int)
}
