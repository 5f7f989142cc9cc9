import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Whole networks for the identities between schemes, in float64 and small.
enum Small {
  static let images = NetworkTask(inputShape: [2, 9, 7], classes: 3)
  static let points = NetworkTask(inputShape: [3], classes: 3)

  /// A network by name with few channels; networks of one seed share weights by path.
  static func make(
    _ name: String, on task: NetworkTask = images, _ change: (inout NetworkOptions) -> Void
  ) throws -> ResidualNetwork {
    var options = NetworkOptions()
    if task == images { options.widths = [4, 6, 8] }
    change(&options)
    return try NetworkCatalog.make(name, options, task: task, seed: 21, dataType: .float64)
  }

  static func input(of task: NetworkTask = images) throws -> Tensor {
    try .normal([5] + task.inputShape, seed: 12)
  }

  static func labels() throws -> Tensor { try Tensor([0, 1, 2, 1, 0] as [Int64]) }
}

extension ResidualNetwork {
  /// Overwrites weights and buffers with those of another network.
  ///
  /// - Parameter name: where a tensor stands in the other one.
  func copy(from other: ResidualNetwork, _ name: (String) -> String = { $0 }) throws {
    for parameter in parameters.all {
      guard let source = other.parameters[name(parameter.path)] else {
        throw GoldenError(key: name(parameter.path), problem: "is not in the other network")
      }
      try parameter.assign(source.value.detached())
    }
  }

  /// Logits of one pass, and gradients of a loss by path; a parameter without a gradient is absent.
  func gradients(
    _ input: Tensor, _ pass: ForwardPass = .training,
    _ forward: ((Tensor, ForwardPass) throws -> Tensor)? = nil
  ) throws -> (logits: Tensor, byPath: [String: Tensor]) {
    for parameter in parameters.trainable { try parameter.value.setGradient(nil) }
    let logits = try forward?(input, pass) ?? self(input, pass)
    try logits.crossEntropy(Small.labels()).backward()
    var byPath: [String: Tensor] = [:]
    for parameter in parameters.trainable { byPath[parameter.path] = try parameter.value.gradient }
    return (try logits.detached(), byPath)
  }

  /// The same network with steps written out: `step` is given the shortcut's value (the state, or the transition's),
  /// the field, the state and the number of the step over all stages, from 0.
  func byHand(
    _ input: Tensor, _ pass: ForwardPass,
    _ step: (
      _ shortcut: Tensor, _ field: any ResidualField, _ state: Tensor, _ number: Int
    ) throws -> Tensor
  ) throws -> Tensor {
    var (u, number) = (try stem(input, pass), 0)
    for stage in stages {
      for (index, field) in stage.fields.enumerated() {
        let shortcut = try (index == 0 ? stage.transition : nil)?.map(u, pass) ?? u
        u = try step(shortcut, field, stage.transition?.place == .before ? shortcut : u, number)
        number += 1
      }
    }
    return try head(u, pass)
  }
}

/// The largest relative difference of two sets of gradients; infinite unless they have the same names.
func relativeError(_ values: [String: Tensor], _ expected: [String: Tensor]) throws -> Double {
  guard Set(values.keys) == Set(expected.keys) else { return .infinity }
  return try expected.map { path, tensor in
    let scale = try max(tensor.absolute().max().scalar(), GoldenNetwork.negligible)
    return try ((values[path] ?? tensor) - tensor).absolute().max().scalar() / scale
  }.max() ?? .infinity
}
