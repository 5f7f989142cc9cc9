import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Problems and inputs that do not fit a network.
@Suite struct TaskErrorTests {
  private func make(_ name: String, _ inputShape: [Int], classes: Int = 10) throws {
    _ = try NetworkCatalog.make(
      name, task: NetworkTask(inputShape: inputShape, classes: classes))
  }

  @Test(
    "Shapes of no image",
    arguments: [
      [0, 8, 8], [-3, 8, 8], [3, 0, 8], [3, 8, 0], [3, -8, 8], [3, Int.min, 8], [3, Int.max, 8],
      [3, 1 << 40, 1 << 40], [Int.max, 8, 8],
    ])
  func images(shape: [Int]) {
    let error = #expect(throws: ShapeError.self) { try make("resnet-8", shape) }
    #expect(error?.path.hasPrefix("stem") == true)
  }

  @Test("Shapes of no point", arguments: [0, -2, Int.min, Int.max])
  func points(size: Int) {
    #expect(throws: ShapeError.self) { try make("dense-10", [size]) }
  }

  @Test("Images for points and points for images")
  func kinds() {
    for shape in [[], [2], [8, 8], [1, 3, 8, 8]] {
      #expect(throws: OptionError.self) { try make("resnet-8", shape) }
    }
    for shape in [[], [3, 8, 8]] {
      #expect(throws: OptionError.self) { try make("dense-10", shape) }
    }
  }

  @Test("Numbers of classes", arguments: [0, -1, Int.min, Int.max])
  func classes(count: Int) {
    #expect(throws: ShapeError.self) { try make("resnet-8", [3, 8, 8], classes: count) }
    #expect(throws: ShapeError.self) { try make("dense-10", [2], classes: count) }
  }

  @Test("Inputs of other shapes are refused by the operation they meet", arguments: Subject.all)
  func inputs(subject: Subject) throws {
    if subject.isText { return }  // Text may be of any length.
    let network = try subject.make(.float32)
    let shape = subject.task.inputShape
    let wrong = [
      [3, shape[0] + 1] + shape.dropFirst(), [3, 0] + shape.dropFirst(), [3] + shape + [1, 1], [],
    ]
    for shape in wrong {
      #expect(throws: TensorError.self, "\(shape)") {
        try network(Tensor.zeros(shape), .evaluation)
      }
    }
    #expect(throws: TensorError.self) { try network(subject.input(.float64), .evaluation) }
  }

  @Test("A path that two layers share")
  func duplicate() throws {
    let store = ParameterStore()
    let task = NetworkTask(inputShape: [2], classes: 2)
    let family = TwoMoonNetwork()
    var options = NetworkOptions()
    options.depth = 2
    _ = try family.make(options, task: task, in: store)
    let error = #expect(throws: ParameterError.self) {
      try family.make(options, task: task, in: store)
    }
    #expect(error?.path == "stages.0.steps.0.field.linear1.weight")
  }
}
