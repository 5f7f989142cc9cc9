import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Forward passes of every network, and what the table says of them.
@Suite struct ForwardTests {
  @Test("Logits are finite, one row per example", arguments: Subject.all)
  func finite(subject: Subject) throws {
    for type in [DataType.float32, .float64] {
      let network = try subject.make(type)
      for pass in [ForwardPass.training, .evaluation] {
        let logits = try network(subject.input(type), pass)
        #expect(logits.shape == [3, 3])
        #expect(try logits.isAllFinite())
        #expect(try logits.dataType == type)
      }
    }
  }

  @Test("The table has the real shapes and the real number of parameters", arguments: Subject.all)
  func table(subject: Subject) throws {
    let network = try subject.make()
    let rows = network.table.rows
    var shape = network.inputShape
    var unused = LayerTable()
    let pass = network.training
    var state = try network.stem(subject.input(), pass)
    shape = try network.stem.trace(shape, &unused)
    #expect(state.shape == [3] + shape)
    for (index, stage) in network.stages.enumerated() {
      var shapes: [[Int]] = []
      state = try stage(state, pass) { shapes.append(Array($0.shape.dropFirst())) }
      let steps = (0..<stage.grid.steps).map { step in
        rows.first { $0.path == "stages.\(index).steps.\(step)" }?.outputShape
      }
      // A transition before the first step is seen too.
      #expect(shapes.count == steps.count + (stage.transition?.place == .before ? 1 : 0))
      #expect(shapes.suffix(steps.count).map { $0 } == steps)
    }
    let logits = try network.head(state, pass)
    #expect(rows.last?.outputShape == Array(logits.shape.dropFirst()))
    #expect(network.table.parameters == network.parameters.trainableCount)
  }

  @Test("Tracing again gives the same table", arguments: Subject.all)
  func traced(subject: Subject) throws {
    let network = try subject.make()
    var table = LayerTable()
    #expect(try network.trace(network.inputShape, &table) == [3])
    #expect(table == network.table)
  }

  @Test("Odd sizes, one channel and one example", arguments: Subject.all)
  func sizes(subject: Subject) throws {
    for (channels, size) in [(1, [5, 13]), (1, [1, 1]), (3, [2, 3]), (4, [17, 1])] {
      let task = subject.task(channels: channels, size: size)
      let network = try subject.make(task: task)
      let logits = try network(subject.examples(1, of: task, seed: 3), .evaluation)
      #expect(logits.shape == [1, 3])
      #expect(try logits.isAllFinite())
    }
  }

  @Test("Both orders of the channels in memory give the same logits", arguments: Subject.all)
  func channelsLast(subject: Subject) throws {
    guard subject.task.inputShape.count == 3 else { return }
    let network = try subject.make()
    let logits = try network(subject.input(), .evaluation)
    let other = try network(subject.input().contiguous(.channelsLast), .evaluation)
    #expect(try other.relativeError(to: logits) < 1e-13)
  }

  @Test("A forward pass leaves its input alone", arguments: Subject.all)
  func untouched(subject: Subject) throws {
    let input = try subject.input()
    _ = try subject.make()(input, .training)
    #expect(try input.isIdentical(to: subject.input()))
  }
}
