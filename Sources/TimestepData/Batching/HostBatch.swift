/// A batch in the host's memory.
public struct HostBatch: Sendable {
  /// The examples, contiguous: images in the order (N, H, W, C), points as (N, features), texts as (N, characters).
  public let inputs: HostBuffer<Float>
  /// What is to be learned about each example: classes as whole numbers, or numbers.
  public let targets: HostBuffer<Float>
  /// The place of each example in the data set.
  public let indices: [Int32]
  /// The shape in the field's terms: `[N, C, H, W]` (stored channels-last), `[N, features]` or `[N, characters]`.
  public let shape: [Int]
  /// The shape of the targets: `[N]`, `[N, outputs]` or `[N, H, W]`.
  public let targetShape: [Int]
  /// The kind of task, which decides what the targets are.
  public let task: LearningTask.Kind
  /// The epoch, counted from 0.
  public let epoch: Int
  /// The place of the batch in its epoch, counted from 0.
  public let position: Int

  /// Number of examples.
  public var count: Int { indices.count }
}

extension HostBatch {
  /// The batch without the examples at these places; throws `DataError(.badData)` where none is left.
  func without(_ damaged: Set<Int>) throws -> HostBatch {
    let kept = (0..<count).filter { !damaged.contains($0) }
    guard !kept.isEmpty else {
      throw DataError(.badData, problem: "none of the \(count) files of a batch can be read")
    }
    func chosen(_ buffer: HostBuffer<Float>) -> HostBuffer<Float> {
      let size = buffer.count / count
      let result = HostBuffer<Float>(count: kept.count * size)
      for (place, old) in kept.enumerated() {
        (result.baseAddress + place * size).update(
          from: buffer.baseAddress + old * size, count: size)
      }
      return result
    }
    return HostBatch(
      inputs: chosen(inputs), targets: chosen(targets), indices: kept.map { indices[$0] },
      shape: [kept.count] + shape.dropFirst(), targetShape: [kept.count] + targetShape.dropFirst(),
      task: task, epoch: epoch, position: position)
  }
}
