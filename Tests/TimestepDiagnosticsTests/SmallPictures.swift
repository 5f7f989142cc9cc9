import TimestepData

/// Grey pictures of 16 x 16 pixels in three classes, which are the height of a bright band over noise.
struct SmallPictures: Dataset {
  let split: DatasetSplit
  let name = "small-pictures"
  let elementShape = [1, 16, 16]
  let task = LearningTask.classification(classNames: ["low", "middle", "high"])
  var count: Int { split == .train ? 40 : 30 }

  func makeWriter(for preparation: Preparation) throws -> any ElementWriter { Writer(split: split) }

  private struct Writer: ElementWriter {
    let split: DatasetSplit

    func write(
      _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
      target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
    ) throws {
      var numbers = RandomStream(seed: 0, stream: split == .train ? 0 : 1, index: UInt64(index))
      for pixel in input.indices {
        let isBright = pixel / 16 / 4 == index % 3
        input[pixel] = Float(numbers.uniform() - 0.5) + (isBright ? 1.5 : 0)
      }
      target[0] = Float(index % 3)
    }
  }
}
