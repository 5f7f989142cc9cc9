import Foundation
import Testing
import TestSupport
import TimeStepping
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The loss over two parameters, and around trained ones.
@Suite struct LandscapeTests {
  private let axis = (0..<41).map { 0.2 + 1.8 * Double($0) / 40 }

  @Test("At (1, 1) with the reference's steps the objective is zero")
  func reference() throws {
    let objective = try LectureObjective(seed: 1)
    let values = try objective.values([1, 0.5], [1, 1.2], steps: LectureObjective.referenceSteps)
    #expect(values[0] == 0 && values[1] > 1e-8)
  }

  @Test("One step by hand")
  func oneStep() throws {
    // The same points in both, so that the difference of two objectives' networks is one of theta alone.
    let objective = try LectureObjective(examples: 3, deviation: 1, seed: 2)
    let points = try Tensor.empty([3, 3], .float64)
    try Generator(seed: 2).fillNormal(points)
    let y = try points.scalars(Double.self)
    func end(_ t1: Double, _ t2: Double, steps: Int) -> [Double] {
      let c = -t1 - t2
      let k = [[c, t1, t2], [t2, c, t1], [t1, t2, c]]
      var state = y
      for _ in 0..<steps {
        let old = state
        for example in 0..<3 {
          for row in 0..<3 {
            let sum = (0..<3).reduce(0) { $0 + k[row][$1] * old[3 * example + $1] }
            state[3 * example + row] += 10 / Double(steps) * tanh(sum)
          }
        }
      }
      return state
    }
    let target = end(1, 1, steps: 200)
    let expected =
      zip(end(0.7, 1.3, steps: 5), target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
    let value = try objective.values([0.7], [1.3], steps: 5)[0]
    #expect(abs(value / expected - 1) < 1e-10)
  }

  @Test(
    "Few steps: many minima; many steps: one, near the target", arguments: [0, 1, 2] as [UInt64],
    [0.1, 1])
  func minima(seed: UInt64, deviation: Double) throws {
    let samples = try [2 * seed, 2 * seed + 1].map {
      try LectureObjective(deviation: deviation, seed: $0)
    }
    var differences: [Double] = []
    for (steps, counts) in [(5, 10...1000), (100, 1...1)] {
      let grids = try samples.map { try $0.grid(axis, steps: steps) }
      differences.append(
        zip(grids[0].joined(), grids[1].joined()).map { abs($0 - $1) }.max() ?? 0)
      for grid in grids {
        let count = GridMinima.interior(grid).count
        #expect(counts.contains(count), "N = \(steps): \(count)")
        let place = try #require(GridMinima.smallest(grid))
        let distance = max(abs(axis[place.row] - 1), abs(axis[place.column] - 1))
        #expect((distance <= 0.12) == (steps == 100), "N = \(steps): \(distance)")
      }
    }
    #expect(differences[0] >= 100 * differences[1])
  }

  @Test("On the lecture's grid: one minimum for N = 100, at least ten for N = 5")
  func lecture() throws {
    let result = try LectureLandscape()(DiagnosticContext("lecture"))
    let table = try #require(result.table("landscape-minima"))
    #expect(table.rows.count == 4)
    for row in table.rows {
      let minima = try #require(row[2].number)
      #expect(row[0] == 100 ? minima == 1 : minima >= 10, "\(row)")
    }
    #expect(result.table("landscape")?.rows.count == 2 * 101 * 101)
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test("Minima of a grid: inside, and below all eight neighbours")
  func grid() {
    let values: [[Double]] = [
      [0, 5, 5, 5, 5], [5, 1, 5, 5, 5], [5, 5, 5, 2, 5], [5, 5, 5, 2, 5], [5, 5, 5, 5, 5],
    ]
    // 1 has a smaller neighbour at the corner, the two 2 are equal.
    #expect(GridMinima.interior(values).isEmpty)
    var other = values
    other[0][0] = 9
    other[2][3] = 1.5
    let minima = GridMinima.interior(other)
    #expect(minima.map(\.row) == [1, 2] && minima.map(\.column) == [1, 3])
    #expect(GridMinima.smallest(values).map { [$0.row, $0.column] } == [0, 0])
  }

  @Test("Random directions have the filters' lengths; parameters come back to the bit")
  func directions() throws {
    let context = try Subjects.points()
    let store = try context.requiredNetwork().parameters
    let before = try store.all.map { try $0.value.scalars(Double.self) }
    let plane = try ParameterPlane(store)
    let generator = try Generator(seed: 1)
    let directions = try (0..<2).map { _ in try plane.randomDirection(generator) }
    for (parameter, direction) in zip(store.trainable, directions[0]) {
      if parameter.value.rank < 2 {
        #expect(try direction.norm().scalar() == 0)
        continue
      }
      let own = try direction.norm([1]).scalars(Double.self)
      let filter = try parameter.value.detached().norm([1]).scalars(Double.self)
      for (a, b) in zip(own, filter) { #expect(abs(a - b) <= 1e-12 * b) }
    }
    let weight = try #require(store.trainable.first { $0.value.rank == 2 })
    let index = try #require(store.trainable.firstIndex { $0 === weight })
    let start = try weight.value.detached().copied()
    struct Enough: Error {}
    #expect(throws: Enough.self) {
      _ = try plane.visit([[0.5, -2], [0, 0]], along: directions) { point in
        if point[0] == 0 {
          #expect(try (weight.value.detached() - start).norm().scalar() == 0)
          throw Enough()
        }
        let expected = try start.adding(directions[0][index], scaledBy: 0.5)
          .adding(directions[1][index], scaledBy: -2)
        #expect(try (weight.value.detached() - expected).norm().scalar() < 1e-12)
      }
    }
    #expect(try store.all.map { try $0.value.scalars(Double.self) } == before)
  }

  @Test("The middle of the plane and the ends of the line are the networks' own losses")
  func around() throws {
    let scratch = try Scratch()
    let context = try Subjects.points()
    let other = try Subjects.points(seed: 6)
    let network = try context.requiredNetwork()
    func loss(_ of: DiagnosticContext) throws -> Double {
      let data = try of.requiredData()
      let network = try of.requiredNetwork()
      var (sum, count) = (0.0, 0)
      try data.forEachBatch(of: .train, examples: 40) {
        sum +=
          try data.objective.loss(network($0.inputs, .evaluation), $0.targets).scalar()
          * Double($0.count)
        count += $0.count
        return true
      }
      return sum / Double(count)
    }
    let before = try network.parameters.all.map { try $0.value.scalars(Double.self) }
    let plane = try context.result(
      of: "loss-landscape:points=3,examples=40,extent=0.5")
    let surface = try #require(plane.table("loss-surface"))
    #expect(surface.rows.count == 9)
    #expect(surface.rows[4][4] == .number(try loss(context)))
    #expect(Set(surface.numbers("loss")).count == 9)

    let file = scratch.url.appendingPathComponent("other.safetensors")
    try other.requiredNetwork().parameters.safetensors().write(to: file)
    let line = try context.result(
      of: "loss-landscape:points=5,examples=40,to=\(file.path)")
    let table = try #require(line.table("loss-line"))
    #expect(table.numbers("a") == [-0.5, 0, 0.5, 1, 1.5])
    #expect(abs(table.numbers("loss")[1] - (try loss(context))) < 1e-12)
    #expect(abs(table.numbers("loss")[3] - (try loss(other))) < 1e-12)
    for result in [plane, line] {
      for plot in result.plots { _ = try plot.specification(result.tables) }
    }
    #expect(try network.parameters.all.map { try $0.value.scalars(Double.self) } == before)

    let wrong = scratch.url.appendingPathComponent("wrong.safetensors")
    try Subjects.points("hamiltonian-4").requiredNetwork().parameters.safetensors().write(to: wrong)
    #expect(throws: MismatchedParameters.self) {
      try context.result(of: "loss-landscape:to=\(wrong.path)")
    }
    #expect(throws: ArgumentError.self) {
      try LossLandscape().configured(
        NamedChoice("diagnostic", "loss-landscape:axes=2,to=\(wrong.path)"))
    }
  }
}
