import TimeStepping
import TimestepData

/// Noise of the right shape in place of a data set that is not on this machine, so that code can be tried.
enum DataStandIn {
  /// Replaces the data set of a run where its files are not found.
  ///
  /// - Returns: what was replaced, in a sentence; nil where nothing was.
  static func replace(in options: inout RunOptions) throws -> String? {
    guard let name = options.dataset, options.data == nil else { return nil }
    let dataset = try DatasetCatalog.dataset(named: name)
    guard !dataset.markers.isEmpty else { return nil }
    do {
      _ = try DatasetSearch().directory(of: dataset)
      return nil
    } catch let error as DataError where error.kind == .notFound {}
    let count = max(options.trainLimit ?? 512, options.testLimit ?? 512)
    let classes = dataset.task.names.count
    let shape = dataset.elementShape
    options.dataset =
      shape.count == 3
      ? "random-images:channels=\(shape[0]),classes=\(classes),count=\(count),size=\(shape[1])"
      : "random-text:classes=\(classes),count=\(count),length=\(shape[0])"
    if shape.count == 3 { options.augmentation = nil }
    options.shift = nil
    return "\(dataset.title) is not on this machine: noise of its shape stands for it."
  }
}
