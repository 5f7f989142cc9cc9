import TimestepDiagnostics

/// What the experiments of the lecture share.
enum Lecture {
  static let source = "lecture \"Residual Neural Networks\" (Haber, Ruthotto)"

  /// The axis of dynamics.
  static let dynamics = DiagnosticTable.Column.text("dynamics", "dynamics and scheme")

  /// The slope of log(error) in log(h) that a table of errors shows, and the declared order, side by side.
  static func orderText(_ observed: Double?, expected: Double) -> String {
    "\(observed.map(\.brief) ?? "none") observed, \(expected.brief) expected"
  }

  /// `count` equally spaced numbers of an interval, both ends included.
  static func spaced(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
    let width = range.upperBound - range.lowerBound
    return (0..<count).map { range.lowerBound + width * Double($0) / Double(max(count - 1, 1)) }
  }
}

/// The dynamics that the lecture and Meganet.m compare, each with its scheme.
enum LectureDynamics: String, CaseIterable {
  case resnet = "ResNet, forward Euler"
  case antisymmetric = "antisymmetric, RK4"
  case leapfrog = "leapfrog"
  case hamiltonian = "Hamiltonian"

  /// The place on the axis of dynamics.
  var value: TableValue { .text(rawValue) }

  /// A network for points: an opening layer to so many numbers, N steps over [0, T] with tanh, a linear map.
  func points(steps: Int, time: Double, width: Int) -> RunOptions {
    var options = RunOptions()
    switch self {
    case .resnet:
      options.network = "antisymmetric-\(steps)"
      options.field = "single"
      options.scheme = "euler"
    case .antisymmetric: options.network = "antisymmetric-\(steps)"
    case .leapfrog: options.network = "leapfrog-\(steps)"
    case .hamiltonian: options.network = "hamiltonian-\(steps)"
    }
    options.h = time / Double(steps)
    options.widths = [width]
    return options
  }
}

extension RunOptions {
  /// The same network trained by Adam.
  func byAdam(
    on dataset: String, batch: Int, epochs: Int, rate: Double = 0.01, dropAt: [Double]? = nil
  ) -> RunOptions {
    var options = self
    options.dataset = dataset
    options.batchSize = batch
    options.optimizer = "adam"
    return options.trained(epochs: epochs, rate: rate, dropAt: dropAt)
  }

  /// The same with so many steps at most, in one epoch.
  func stopped(after steps: Int) -> RunOptions {
    var options = self
    options.epochs = 1
    options.dropAt = []
    options.maxSteps = steps
    return options
  }
}
