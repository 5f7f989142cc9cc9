import Testing
import TimestepData
import TimestepTorch

/// Batches as tensors: the host's numbers, in the host's memory for as long as a tensor needs it.
@Suite struct TensorBatchTests {
  /// Images of 4 rows and 5 columns whose bytes all differ within an image.
  private func images(channels: Int, count: Int = 3) throws -> ImageDataset {
    try ImageDataset(
      name: "small", split: .train, height: 4, width: 5, channels: channels,
      classNames: ["a", "b", "c"], labels: (0..<count).map { Int32($0 % 3) },
      pixels: (0..<(count * 20 * channels)).map { UInt8(truncatingIfNeeded: 7 * $0 + 1) })
  }

  private func loader(_ dataset: any Dataset, batchSize: Int = 3) throws -> BatchLoader {
    try BatchLoader(
      dataset: dataset, options: BatchOptions(batchSize: batchSize, shuffle: false))
  }

  private func firstBatch(_ dataset: any Dataset) throws -> HostBatch {
    try #require(try loader(dataset).batches(epoch: 0).next())
  }

  /// The pixels in the order (N, C, H, W), the row order of the tensor's shape.
  private func planes(_ dataset: ImageDataset) -> [Float] {
    (0..<dataset.count).flatMap { image in
      (0..<dataset.channels).flatMap { channel in
        (0..<20).map { pixel in
          Float(dataset.pixels[(image * 20 + pixel) * dataset.channels + channel]) / 255
        }
      }
    }
  }

  private func address(_ tensor: Tensor) throws -> UnsafeMutableRawPointer? {
    try tensor.withMutableBytes { $0.baseAddress }
  }

  @Test(arguments: [1, 3]) func imagesLieChannelsLastInTheHostsMemory(channels: Int) throws {
    let dataset = try images(channels: channels)
    let host = try firstBatch(dataset)
    let batch = try host.tensors()
    #expect(batch.count == 3)
    #expect(batch.inputs.shape == [3, channels, 4, 5])
    #expect(batch.inputs.strides == [20 * channels, 1, 5 * channels, channels])
    #expect(try batch.inputs.isContiguous(.channelsLast))
    #expect(try batch.inputs.dataType == .float32)
    #expect(try batch.inputs.scalars(Float.self) == planes(dataset))
    #expect(batch.targets.shape == [3])
    #expect(try batch.targets.dataType == .int64)
    #expect(try batch.targets.scalars(Int64.self) == [0, 1, 2])
    #expect(try address(batch.inputs) == UnsafeMutableRawPointer(host.inputs.baseAddress))
  }

  @Test(arguments: [1, 3]) func aCastKeepsTheValuesAndTheirOrder(channels: Int) throws {
    let dataset = try images(channels: channels)
    let batch = try firstBatch(dataset).tensors(.float64)
    #expect(try batch.inputs.dataType == .float64)
    #expect(try batch.targets.dataType == .int64)
    #expect(try batch.inputs.isContiguous(.channelsLast))
    #expect(try batch.inputs.scalars(Double.self) == planes(dataset).map(Double.init))
    #expect(try batch.targets.scalars(Int64.self) == [0, 1, 2])
  }

  @Test func pointsLieRowByRow() throws {
    let points = try TwoMoons(count: 6).makeDataset(split: .train)
    let host = try #require(try loader(points, batchSize: 6).batches(epoch: 0).next())
    for type in [DataType.float32, .float64] {
      let batch = try host.tensors(type)
      #expect(batch.inputs.shape == [6, 2])
      #expect(batch.inputs.strides == [2, 1])
      #expect(try batch.inputs.dataType == type)
      #expect(try batch.inputs.scalars(Float.self) == points.coordinates)
      #expect(try batch.targets.scalars(Int32.self) == points.labels)
    }
  }

  @Test func theTensorsKeepTheMemoryAndThenLetItGo() throws {
    let dataset = try images(channels: 3)
    weak var inputs: HostBuffer<Float>?
    weak var targets: HostBuffer<Float>?
    weak var source: BatchLoader?
    // Made on this thread: the loader's own may hold a batch for a moment after handing it over.
    func make(_ type: DataType) throws -> TensorBatch {
      let loader = try loader(dataset)
      let host = try loader.makeBatch(0, of: loader.samples, epoch: 0)
      (inputs, targets, source) = (host.inputs, host.targets, loader)
      return try host.tensors(type)
    }
    var batch: TensorBatch? = try make(.float32)
    #expect(source == nil)
    // Classes are cast to whole numbers, which have memory of their own.
    #expect(inputs != nil && targets == nil)
    #expect(try batch?.inputs.scalars(Float.self) == planes(dataset))
    #expect(try batch?.targets.scalars(Int64.self) == [0, 1, 2])
    // A view keeps the memory too.
    var view = try batch?.inputs.detached()
    batch = nil
    #expect(inputs != nil)
    #expect(try view?.scalars(Float.self) == planes(dataset))
    view = nil
    #expect(inputs == nil)
    // A cast has memory of its own.
    batch = try make(.float64)
    #expect(inputs == nil)
  }

  @Test func memoryIsUsedAgainOnlyWhenNoTensorHasIt() throws {
    let dataset = try images(channels: 3, count: 12)
    let loader = try loader(dataset)
    func make(_ position: Int) throws -> TensorBatch {
      try loader.makeBatch(position, of: loader.samples, epoch: 0).tensors()
    }
    var kept: TensorBatch? = try make(0)
    let place = try kept.map { try address($0.inputs) }
    let expected = try kept?.inputs.scalars(Float.self)
    var other: UnsafeMutableRawPointer?
    for position in 1...3 {
      let batch = try make(position)
      #expect(try address(batch.inputs) != place)
      #expect(try batch.inputs.scalars(Float.self) != expected)
      // The later batches do share their memory, one after the other.
      #expect(try other == nil || other == address(batch.inputs))
      other = try address(batch.inputs)
    }
    #expect(try kept?.inputs.scalars(Float.self) == expected)
    kept = nil
    #expect(try address(make(1).inputs) == place)
  }
}
