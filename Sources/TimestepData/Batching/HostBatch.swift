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
