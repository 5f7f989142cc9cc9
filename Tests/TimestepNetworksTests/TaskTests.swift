import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Every family with every kind of example and every kind of answer: it does what it claims, and refuses the rest.
@Suite struct TaskTests {
  /// A family, what it is given, and what it is asked for.
  struct Case: Sendable, CustomTestStringConvertible {
    let family: any PlannedFamily
    let kind: InputKind
    let output: NetworkOutput

    var testDescription: String { "\(family.name), \(kind.rawValue), \(output)" }

    var subject: Subject { Subject(family: family, kind: kind) }

    var task: NetworkTask {
      var task = subject.task
      task.output = output
      return task
    }

    static let all = NetworkCatalog.families.compactMap { $0 as? any PlannedFamily }.flatMap {
      family in
      InputKind.allCases.flatMap { kind in
        [NetworkOutput.classes(3), .values(1), .values(2), .pixelClasses(3)].map {
          Case(family: family, kind: kind, output: $0)
        }
      }
    }
  }

  @Test("All families are planned ones")
  func families() {
    #expect(NetworkCatalog.families.allSatisfy { $0 is any PlannedFamily })
  }

  @Test("Forward, backward and the table, or a refusal", arguments: Case.all)
  func claims(it: Case) throws {
    guard it.family.accepts(it.task) else {
      let error = #expect(throws: OptionError.self) {
        _ = try it.family.resolved(NetworkOptions(), for: it.task)
      }
      #expect(error?.option == "dataset")
      let isOfNoImage = it.task.isPerPixel && it.kind != .images
      #expect(error?.problem.contains(isOfNoImage ? "[C, H, W]" : it.family.name) == true)
      return
    }
    let network = try it.subject.make(task: it.task)
    let input = try it.subject.examples(3, of: it.task, seed: 11)
    let outputs = try network(input, .training)
    let size = Array(it.task.inputShape.dropFirst())
    let (shape, objective, targets): ([Int], any Objective, Tensor) =
      switch it.output {
      case .classes(let count):
        ([count], ClassificationObjective(classes: count), try Tensor([0, 1, 2] as [Int64]))
      case .values(let count):
        ([count], RegressionObjective(), try Tensor.normal([3, count], seed: 5))
      case .pixelClasses(let count):
        (
          [count] + size, SegmentationObjective(classes: count),
          try Tensor((0..<3 * size.reduce(1, *)).map { Int64($0 % 3) }).reshaped([3] + size)
        )
      }
    #expect(outputs.shape == [3] + shape)
    #expect(network.table.rows.last?.outputShape == shape)
    let loss = try objective.loss(outputs, targets)
    try loss.backward()
    for parameter in network.parameters.trainable {
      // The coefficients of a scheme's first step are not used.
      guard let gradient = try parameter.value.gradient else {
        #expect(!parameter.isDecayed, "\(parameter.path) has no gradient")
        continue
      }
      #expect(try gradient.isAllFinite(), "\(parameter.path)")
    }
    let sums = try withoutGradients {
      try objective.sums(outputs.detached(), targets, forAll: true)
    }
    #expect(objective.values(sums).allSatisfy { $0.isFinite })
  }

  @Test("Every choice keeps the image's size where each pixel has a class", arguments: Subject.all)
  func pixels(subject: Subject) throws {
    var task = subject.task
    task.output = .pixelClasses(3)
    guard let family = subject.family as? any PlannedFamily, family.accepts(task) else { return }
    let network = try subject.make(task: task)
    #expect(try network(subject.input(), .evaluation).shape == [3, 3, 9, 7])
    for row in network.table.rows where row.outputShape.count == 3 {
      #expect(Array(row.outputShape.dropFirst()) == [9, 7])
    }
  }

  @Test("What is claimed, for all to see")
  func whoDoesWhat() {
    func accepting(_ kind: InputKind, _ output: NetworkOutput) -> Set<String> {
      Set(
        Case.all.filter { $0.kind == kind && $0.output == output && $0.family.accepts($0.task) }
          .map(\.family.name))
    }
    let dynamics: Set = [
      "hamiltonian", "hamiltonian-2", "midpoint", "leapfrog", "parabolic", "antisymmetric",
    ]
    #expect(accepting(.texts, .classes(3)) == ["vdcnn"])
    #expect(accepting(.texts, .values(1)) == ["vdcnn"])
    #expect(accepting(.points, .classes(3)) == dynamics.union(["dense"]))
    #expect(accepting(.points, .values(1)) == dynamics.union(["dense"]))
    #expect(accepting(.points, .pixelClasses(3)).isEmpty)
    #expect(accepting(.texts, .pixelClasses(3)).isEmpty)
    let images = Set(NetworkCatalog.families.map(\.name)).subtracting(["vdcnn", "dense"])
    #expect(accepting(.images, .values(1)) == images)
    #expect(
      accepting(.images, .pixelClasses(3))
        == images.subtracting([
          "imagenet-resnet", "imagenet-lm-resnet", "fractalnet", "conv-relu",
        ]))
  }

  @Test("Points and texts of one shape are told apart")
  func kinds() throws {
    let texts = NetworkTask(inputShape: [64], inputKind: .texts, classes: 2)
    let points = NetworkTask(inputShape: [64], classes: 2)
    #expect(points.inputKind == .points && NetworkTask().inputKind == .images)
    let text = #expect(throws: OptionError.self) {
      try NetworkCatalog.make("hamiltonian-3", task: texts)
    }
    #expect(text?.problem.contains("its examples are texts") == true)
    #expect(text?.problem.contains("such as vdcnn") == true)
    let point = #expect(throws: OptionError.self) {
      try NetworkCatalog.make("vdcnn-9", task: points)
    }
    #expect(point?.problem.contains("its examples are points") == true)
    #expect(point?.problem.contains("hamiltonian") == true)
    #expect(throws: OptionError.self) {
      try NetworkCatalog.make(
        "resnet-8", task: NetworkTask(inputShape: [64], inputKind: .images, classes: 2))
    }
  }
}
