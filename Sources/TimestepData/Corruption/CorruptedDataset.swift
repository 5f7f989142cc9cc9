/// A data set made from another by corruption.
protocol CorruptedDataset: Dataset {
  associatedtype Original: Dataset
  /// The data set before.
  var original: Original { get }
}

extension CorruptedDataset {
  var name: String { original.name }
  var split: DatasetSplit { original.split }
  var elementShape: [Int] { original.elementShape }
  var elementKind: ElementKind { original.elementKind }
  var skipped: SkippedFiles? { original.skipped }
}

extension Dataset {
  /// The data set before every corruption.
  var uncorrupted: any Dataset { (self as? any CorruptedDataset)?.original.uncorrupted ?? self }
}
