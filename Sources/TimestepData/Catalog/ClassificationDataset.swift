/// A data set that knows the class of each example without reading it.
public protocol ClassificationDataset: Dataset {
  /// The names of the classes; a label is a place in this list.
  var classNames: [String] { get }
  /// The label of each example, each in `0..<classNames.count`.
  var labels: [Int32] { get }
  /// The number that the data set's own files give to the first class; 0 unless declared.
  var firstClassNumber: Int { get }
}

extension ClassificationDataset {
  public var firstClassNumber: Int { 0 }
  public var task: LearningTask { .classification(classNames: classNames) }
  public var count: Int { labels.count }
}

/// Throws `DataError(.badData)` for the first label that has no class.
func checkLabels(_ labels: [Int32], classes: Int, of name: String) throws {
  if let index = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
    throw DataError(
      .badData,
      problem: "\(name): example \(index) has label \(labels[index]), beyond the \(classes) classes"
    )
  }
}
