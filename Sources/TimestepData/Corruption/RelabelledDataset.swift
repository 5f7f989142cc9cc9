/// A data set with other labels.
struct RelabelledDataset<Original: ClassificationDataset>: CorruptedDataset, ClassificationDataset {
  let original: Original
  let labels: [Int32]

  var classNames: [String] { original.classNames }
  var firstClassNumber: Int { original.firstClassNumber }
  var count: Int { original.count }

  func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    RelabellingWriter(writer: try original.makeWriter(for: preparation), labels: labels)
  }
}

extension ClassificationDataset {
  /// The data set with these labels, as many as it has.
  func relabelled(_ labels: [Int32]) -> any Dataset {
    RelabelledDataset(original: self, labels: labels)
  }
}

/// Replaces the label that another writer wrote.
private struct RelabellingWriter: ElementWriter {
  let writer: any ElementWriter
  let labels: [Int32]
  var isSlow: Bool { writer.isSlow }

  func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    try writer.write(index, to: output, target: target, using: &random)
    target[0] = Float(labels[index])
  }
}
