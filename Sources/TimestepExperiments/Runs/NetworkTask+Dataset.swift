import TimestepData
import TimestepNetworks

extension NetworkTask {
  /// What a network has to be to learn this data set.
  public init(_ dataset: DatasetDescriptor) {
    let count = dataset.task.names.count
    let output: NetworkOutput =
      switch dataset.task.kind {
      case .classification: .classes(count)
      case .regression: .values(count)
      case .segmentation: .pixelClasses(count)
      }
    self.init(inputShape: dataset.elementShape, output: output)
  }
}
