/// What is to be learned about an example.
public enum LearningTask: Sendable, Hashable {
  /// Its class, one of these names.
  case classification(classNames: [String])
  /// Numbers, called by these names.
  case regression(outputs: [String])
  /// The class of each of its pixels, one of these names.
  case segmentation(classNames: [String])

  /// The kinds of tasks.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case classification, regression, segmentation
  }

  /// Which kind of task it is.
  public var kind: Kind {
    switch self {
    case .classification: .classification
    case .regression: .regression
    case .segmentation: .segmentation
    }
  }

  /// The names of the classes, or of the numbers.
  public var names: [String] {
    switch self {
    case .classification(let names), .regression(let names), .segmentation(let names): names
    }
  }

  /// The names of the classes; none for regression.
  public var classNames: [String] {
    if case .regression = self { [] } else { names }
  }

  /// The shape of what is to be learned about an example of this shape: `[]` for a class, `[outputs]` for numbers,
  /// `[H, W]` for the classes of pixels.
  public func targetShape(elementShape: [Int]) -> [Int] {
    switch self {
    case .classification: []
    case .regression(let outputs): [outputs.count]
    case .segmentation: Array(elementShape.dropFirst())
    }
  }
}
