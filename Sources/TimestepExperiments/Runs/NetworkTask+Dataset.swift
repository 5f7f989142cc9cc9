import TimestepData
import TimestepNetworks

extension NetworkTask {
  /// What a network has to be to learn this data set.
  public init(_ dataset: DatasetDescriptor) {
    self.init(dataset.elementShape, dataset.elementKind, dataset.task)
  }

  /// What a network has to be to learn these examples.
  public init(_ dataset: any Dataset) {
    self.init(dataset.elementShape, dataset.elementKind, dataset.task)
  }

  private init(_ shape: [Int], _ elements: ElementKind, _ task: LearningTask) {
    let count = task.names.count
    let output: NetworkOutput =
      switch task.kind {
      case .classification: .classes(count)
      case .regression: .values(count)
      case .segmentation: .pixelClasses(count)
      }
    let kind: InputKind =
      switch elements {
      case .points: .points
      case .images: .images
      case .texts: .texts
      }
    self.init(inputShape: shape, inputKind: kind, output: output)
  }
}
