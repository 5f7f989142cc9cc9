/// A batch in the host's memory.
public struct HostBatch: Sendable {
  /// The examples, contiguous: images in the order (N, H, W, C), points as (N, features), texts as (N, characters).
  public let inputs: HostBuffer<Float>
  /// The class of each example.
  public let labels: HostBuffer<Int64>
  /// The place of each example in the data set.
  public let indices: [Int32]
  /// The shape in the field's terms: `[N, C, H, W]` (stored channels-last), `[N, features]` or `[N, characters]`.
  public let shape: [Int]
  /// The epoch, counted from 0.
  public let epoch: Int
  /// The place of the batch in its epoch, counted from 0.
  public let position: Int

  /// Number of examples.
  public var count: Int { indices.count }
}
