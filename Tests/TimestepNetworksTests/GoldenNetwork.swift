import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// One golden file that `Tests/Golden/network_cases.py` describes, and how the same network is made and trained.
struct GoldenNetwork: Sendable, CustomTestStringConvertible {
  /// The stored results and ways to compute them; each name is a file.
  static let all: [GoldenNetwork] =
    [
      "lm-resnet-20", "resnext-29-4x64d", "lm-resnext-20-4x64d", "polynet-20", "revnet-38",
      "fractalnet-20", "imagenet-resnet-50", "procresnet-22", "vdcnn-9", "hamiltonian-6",
      "leapfrog-6", "antisymmetric-6",
    ].map { GoldenNetwork(name: $0) }
    // Newton-Schulz in the place of the decomposition, by which PyTorch has projected.
    + [GoldenNetwork(name: "procresnet-22", transition: "norm-preserving")]
    + ["stored", "checkpointed"].map { GoldenNetwork(name: "revnet-38", adjoint: $0) }
    + ["reversible", "checkpointed"].map { GoldenNetwork(name: "hamiltonian-6", adjoint: $0) }
    + [GoldenNetwork(name: "leapfrog-6", adjoint: "reversible")]
    + ["lm-resnext-20-4x64d", "polynet-20", "vdcnn-9", "antisymmetric-6"].map {
      GoldenNetwork(name: $0, adjoint: "checkpointed:segment=1")
    }

  /// What is smaller counts as so large: the gradient of a bias that a norm removes is rounding error.
  static let negligible = 1e-5

  let name: String
  var adjoint: String?
  var transition: String?
  /// The relative error that is accepted.
  static let tolerance = 1e-9

  var testDescription: String {
    ([name] + [adjoint, transition].compactMap { $0 }).joined(separator: ", ")
  }

  /// A network at its start, and what it is trained on.
  struct Start {
    let file: GoldenFile
    let network: ResidualNetwork
    let input: Tensor
    let labels: Tensor
  }

  /// The network with weights and buffers by name, projected where it has projections.
  func start() throws -> Start {
    let file = try GoldenFile(name)
    let data = file.metadata
    let shape = (data["input_shape"] ?? "").split(separator: ",").compactMap { Int($0) }
    let task = try NetworkTask(
      inputShape: Array(shape.dropFirst()),
      inputKind: NetworkCatalog.parse(name).family.defaultTask.inputKind,
      classes: Int(file.number("classes")))
    var options = NetworkOptions()
    options.widths = data["option.widths"]?.split(separator: ",").compactMap { Int($0) }
    options.h = data["option.h"].flatMap(Double.init)
    options.transition = transition ?? data["option.transition"]
    options.normalization = data["option.normalization"].flatMap(Normalization.init)
    options.adjoint = adjoint
    let network = try NetworkCatalog.make(
      data["network"] ?? "", options, task: task, seed: 99, dataType: .float64)
    let parameters = network.parameters.all
    let shapes = Dictionary(uniqueKeysWithValues: parameters.map { ($0.path, $0.value.shape) })
    for parameter in parameters {
      try parameter.assign(GoldenValues.parameter(parameter.path, shapes: shapes))
    }
    for constraint in network.constraints { try constraint.apply(afterStep: 0) }
    return try Start(
      file: file, network: network,
      input: shape.count == 2 ? GoldenValues.texts(shape) : GoldenValues.images(shape),
      labels: GoldenValues.labels(shape[0], classes: task.outputs))
  }

  /// Expects tensors within the tolerance of stored ones, and prints the worst.
  func expect(_ kind: String, of file: GoldenFile, _ tensors: [(key: String, tensor: Tensor)])
    throws
  {
    var worst = (error: 0.0, key: "none")
    for (key, tensor) in tensors {
      let error = try file.relativeError(key, of: tensor, floor: Self.negligible)
      if !(error < worst.error) { worst = (error, key) }
    }
    print("golden \(testDescription): \(kind): at most \(worst.error) (\(worst.key))")
    #expect(worst.error <= Self.tolerance, "\(kind): \(worst.key)")
  }
}

extension [Parameter] {
  /// All elements, in the order of the paths.
  func joined() throws -> Tensor {
    try Tensor.concatenated(
      sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }.map {
        try $0.value.detached().flattened()
      })
  }
}

extension ParameterStore {
  /// What is not learned: running means and variances.
  var buffers: [Parameter] { all.filter { !$0.isTrainable } }
}
