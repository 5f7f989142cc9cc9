/// Writes single examples of a data set, from any thread.
public protocol ElementWriter: Sendable {
  /// Whether an example takes so long that several threads share a batch; not, unless declared.
  var isSlow: Bool { get }

  /// Writes example `index` to all of `input`: images in the order (H, W, C), points in theirs; and what is to be
  /// learned about it to all of `target`: numbers, or classes as whole numbers.
  ///
  /// `random` is the sequence of this example in this epoch. Throws `DataError` where the example cannot be
  /// had, for sets that read as they go.
  func write(
    _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws
}

extension ElementWriter {
  /// One thread makes a batch.
  public var isSlow: Bool { false }
}
