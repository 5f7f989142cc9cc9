import RealModule
import TimeStepping
import TimestepTorch

/// The lecture's objective with two parameters: a residual network of N steps on points in space that is to reach what
/// the network of 200 steps makes of them at theta = (1, 1).
///
/// ```
/// Y_{l+1} = Y_l + (10/N) tanh(K(t1, t2) Y_l),   phi(t) = 1/2 |Y_N(t) - C|_F^2,
///
///          [ -t1-t2    t1      t2   ]
/// K(t) =   [   t2    -t1-t2    t1   ]
///          [   t1      t2    -t1-t2 ]
/// ```
///
/// The eigenvalues of K are 0 and `-(3/2)(t1 + t2) -+ i sqrt(3)/2 (t1 - t2)`: with few steps, h lambda leaves the stability
/// region of forward Euler and the objective becomes jagged. Lecture, "why stability matters"; course code.
public struct LectureObjective {
  /// The final time, the same for every number of steps.
  public static let time = 10.0
  /// The steps of the network that makes the targets.
  public static let referenceSteps = 200

  private let start: Tensor
  private let target: Tensor

  /// An objective on normal points.
  ///
  /// - Parameters:
  ///   - examples: the number of points.
  ///   - deviation: the standard deviation of their coordinates.
  public init(examples: Int = 20, deviation: Double = 0.1, seed: UInt64) throws {
    let points = try Tensor.empty([examples, 3], .float64)
    try Generator(seed: seed).fillNormal(points, deviation: deviation)
    start = points
    target = try Self.end(
      points.unsqueezed(0), Self.kernels([1], [1]), steps: Self.referenceSteps)
  }

  /// The transposed kernels of pairs of parameters, `[G, 3, 3]`, so that rows are multiplied from the right.
  private static func kernels(_ t1: [Double], _ t2: [Double]) throws -> Tensor {
    let entries = zip(t1, t2).flatMap { a, b -> [Double] in
      let c = -a - b
      // Columns of K become rows.
      return [c, b, a, a, c, b, b, a, c]
    }
    return try Tensor(entries, shape: [t1.count, 3, 3])
  }

  /// `Y_N` for every kernel, `[1, n, 3]` or `[G, n, 3]` to `[G, n, 3]`.
  private static func end(_ start: Tensor, _ kernels: Tensor, steps: Int) throws -> Tensor {
    let h = time / Double(steps)
    return try withoutGradients {
      var y = try start.expanded([kernels.shape[0]] + start.shape.dropFirst())
      for _ in 0..<steps { y = try y.adding(y.matrixProduct(kernels).tanh(), scaledBy: h) }
      return y
    }
  }

  /// `phi` at pairs of parameters.
  public func values(_ t1: [Double], _ t2: [Double], steps: Int) throws -> [Double] {
    guard t1.count == t2.count else {
      throw DiagnosticError(.fault, "landscape", "\(t1.count) and \(t2.count) parameters")
    }
    // A few thousand at a time: the states of all would not fit into the caches.
    var values: [Double] = []
    for first in stride(from: 0, to: t1.count, by: 2048) {
      let range = first..<min(first + 2048, t1.count)
      let end = try Self.end(
        start.unsqueezed(0), Self.kernels(Array(t1[range]), Array(t2[range])), steps: steps)
      values += try ((end - target).square().sum([1, 2]) * 0.5).scalars(Double.self)
    }
    return values
  }

  /// `phi` on a square grid, the rows for t2.
  public func grid(_ axis: [Double], steps: Int) throws -> [[Double]] {
    let all = try values(
      axis.flatMap { _ in axis }, axis.flatMap { [Double](repeating: $0, count: axis.count) },
      steps: steps)
    return axis.indices.map { Array(all[$0 * axis.count..<($0 + 1) * axis.count]) }
  }
}

/// Local minima of numbers on a grid.
public enum GridMinima {
  /// The places, `(row, column)`, that lie inside and are smaller than all eight neighbours.
  public static func interior(_ values: [[Double]]) -> [(row: Int, column: Int)] {
    guard values.count > 2, let width = values.first?.count, width > 2 else { return [] }
    var places: [(row: Int, column: Int)] = []
    for row in 1..<values.count - 1 {
      for column in 1..<width - 1 {
        let value = values[row][column]
        let isMinimum = (-1...1).allSatisfy { i in
          (-1...1).allSatisfy { j in
            (i == 0 && j == 0) || value < values[row + i][column + j]
          }
        }
        if isMinimum { places.append((row, column)) }
      }
    }
    return places
  }

  /// The place of the smallest value of all.
  public static func smallest(_ values: [[Double]]) -> (row: Int, column: Int)? {
    var best: (row: Int, column: Int)?
    for row in values.indices {
      for column in values[row].indices
      where best.map({ values[row][column] < values[$0.row][$0.column] }) ?? true {
        best = (row, column)
      }
    }
    return best
  }
}

/// `lecture-landscape`: the lecture's objective with two parameters, for few and for many steps, on two samples.
public struct LectureLandscape: Diagnostic {
  public let name = "lecture-landscape"
  public let title =
    "the lecture's objective with two parameters, N = 5 and N = 100, on two samples"
  public let equation = "phi(t) = 1/2 |Y_N(t) - C|^2,  Y_{l+1} = Y_l + (10/N) tanh(K(t1, t2) Y_l)"
  public let source =
    "lecture \"Residual Neural Networks\", why stability matters 1 and 2; its course code"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("points", standard: "101", "of the grid along each axis"),
    ArgumentDescription("deviation", standard: "0.1", "of the coordinates of the examples"),
    ArgumentDescription("examples", standard: "20", "in each sample"),
  ]
  /// Points along each axis.
  public var points = 101
  /// The deviation of the coordinates.
  public var deviation = 0.1
  /// Examples in each sample.
  public var examples = 20
  /// The numbers of steps.
  public static let steps = [5, 100]
  /// The parameters along each axis.
  public static let range = 0.2...2.0

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.points = try choice.integer("points", in: 5...1001) ?? points
    copy.deviation = try choice.number("deviation", in: 1e-6...1e3) ?? deviation
    copy.examples = try choice.integer("examples", in: 1...10_000) ?? examples
    return copy
  }

  /// The values of a parameter on the grid.
  var axis: [Double] {
    let width = Self.range.upperBound - Self.range.lowerBound
    return (0..<points).map { Self.range.lowerBound + width * Double($0) / Double(points - 1) }
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let axis = axis
    let samples = try [0, 1].map {
      try LectureObjective(
        examples: examples, deviation: deviation, seed: context.seed &* 2 &+ UInt64($0))
    }
    // A picture of each panel needs no more than some 50 cells along an axis.
    let skip = max(1, (points - 1) / 50)
    let half =
      (Self.range.upperBound - Self.range.lowerBound) / Double(points - 1) / 2 * Double(skip)
    var table = DiagnosticTable(
      "landscape", "Objectives of two samples", source: source,
      notes: [
        "\(examples) examples, coordinates normal with deviation \(deviation); the second sample has its own target."
      ],
      columns: [
        .integer("steps", "steps N"), .number("t1", "theta 1"), .number("t2", "theta 2"),
        .number("sample_1", "phi of sample 1"), .number("sample_2", "phi of sample 2"),
      ])
    var picture = DiagnosticTable(
      "landscape-picture", "Objectives as drawn", source: source,
      notes: skip == 1 ? [] : ["Every \(skip)th point of the grid along each axis."],
      columns: [
        .text("panel", "panel"), .number("t1", "theta 1"), .number("t1_end", "theta 1"),
        .number("t2", "theta 2"), .number("t2_end", "theta 2"), .number("value", "phi"),
        .number("share", "phi over its largest value in the panel"),
      ])
    var minima = DiagnosticTable(
      "landscape-minima", "Minima of the objectives", source: source,
      notes: ["Interior points of the grid smaller than their eight neighbours."],
      columns: [
        .integer("steps", "steps N"), .integer("sample", "sample"),
        .integer("minima", "interior local minima"), .number("t1", "theta 1 of the smallest"),
        .number("t2", "theta 2 of the smallest"), .number("smallest", "smallest phi"),
        .number("largest", "largest phi"),
        .number("difference", "largest difference of the two samples"),
      ])
    for steps in Self.steps {
      let grids = try samples.map { try $0.grid(axis, steps: steps) }
      let difference = zip(grids[0], grids[1]).map { zip($0, $1).map { abs($0 - $1) } }
      let most = difference.joined().max() ?? 0
      for (number, grid) in grids.enumerated() {
        guard let best = GridMinima.smallest(grid) else { continue }
        try minima.append([
          .integer(steps), .integer(number + 1), .integer(GridMinima.interior(grid).count),
          .number(axis[best.column]), .number(axis[best.row]),
          .number(grid[best.row][best.column]), .number(grid.joined().max()), .number(most),
        ])
      }
      for row in axis.indices {
        for column in axis.indices {
          try table.append([
            .integer(steps), .number(axis[column]), .number(axis[row]),
            .number(grids[0][row][column]), .number(grids[1][row][column]),
          ])
        }
      }
      for (panel, grid) in [
        ("sample 1", grids[0]), ("sample 2", grids[1]), ("difference", difference),
      ] {
        let largest = max(grid.joined().max() ?? 1, .leastNormalMagnitude)
        for row in stride(from: 0, to: points, by: skip) {
          for column in stride(from: 0, to: points, by: skip) {
            try picture.append([
              .text("N = \(steps), \(panel)"), .number(axis[column] - half),
              .number(axis[column] + half), .number(axis[row] - half),
              .number(axis[row] + half), .number(grid[row][column]),
              .number(grid[row][column] / largest),
            ])
          }
        }
      }
    }
    let plot = Plot(
      "landscape", "The objective over its two parameters",
      subtitle: [
        "colour: phi over its largest value in the panel; the target is made at (1, 1)"
      ],
      layers: [
        .init(
          .rectangle, of: picture.name, x: .column("t1"), y: .column("t2"), x2: .column("t1_end"),
          y2: .column("t2_end"),
          color: .column("share", scale: .sqrt, colorScheme: "viridis"))
      ], facet: Plot.Facet("panel", columns: 3), width: 240, height: 240)
    let summary = minima.rows.map {
      "N = \($0[0]), sample \($0[1]): \($0[2]) interior minima, the smallest at (\(text($0[3])), \(text($0[4])))"
    }
    return DiagnosticResult(tables: [minima, table, picture], plots: [plot], summary: summary)
  }

  private func text(_ value: TableValue) -> String { value.number.map(Digits.text) ?? "?" }
}
