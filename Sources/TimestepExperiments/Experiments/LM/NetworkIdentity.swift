import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Two networks that are one function, whatever their weights: the outputs of both for the same input, in float64.
struct NetworkIdentity {
  /// What is shown, in a few words and in a sentence.
  let name: String
  let statement: String
  /// A network by name, scheme and step size.
  struct Side {
    var network: String
    var scheme: String
    var h = 1.0
  }
  let left: Side
  let right: Side
  /// The name of a parameter of the left network in the right one.
  var counterpart: @Sendable (String) -> String? = { $0 }

  /// LM-ResNet with one step in a stage, whose history is never used.
  static let shallowMultistep = NetworkIdentity(
    name: "LM-ResNet-8 = ResNet-8",
    statement: "LM-ResNet-8 with a reset history is ResNet-8",
    left: Side(network: "preresnet-8", scheme: "euler"),
    right: Side(network: "lm-resnet-8", scheme: "lm:k=trained"))

  /// Networks of different names or schemes that are the same.
  static let all = [
    NetworkIdentity(
      name: "LM(0) = Euler",
      statement: "LM-ResNet with k = 0 is ResNet",
      left: Side(network: "preresnet-20", scheme: "lm:k=0"),
      right: Side(network: "preresnet-20", scheme: "euler")),
    shallowMultistep,
    NetworkIdentity(
      name: "FractalNet-2 = Heun",
      statement: "FractalNet's block of order 2 with one function is Heun's scheme",
      left: Side(network: "preresnet-20", scheme: "fractal-2", h: 0.3),
      right: Side(network: "preresnet-20", scheme: "heun", h: 0.3),
      counterpart: {
        $0.replacing(".branches.0", with: "").replacing(".branches.1", with: "")
      }),
    NetworkIdentity(
      name: "LM(1) = midpoint",
      statement: "LM with k = 1, step h and (1 + k) f is the midpoint scheme with step h",
      left: Side(network: "preresnet-20", scheme: "lm:k=1,consistent=yes", h: 0.3),
      right: Side(network: "preresnet-20", scheme: "midpoint", h: 0.3)),
    NetworkIdentity(
      name: "LM(-1) = Verlet",
      statement: "LM with k = -1 and h^2 for h is leapfrog (Verlet) with step h",
      left: Side(network: "leapfrog-12", scheme: "lm:k=-1", h: 0.25),
      right: Side(network: "leapfrog-12", scheme: "verlet:start=full", h: 0.5)),
  ]

  /// The largest relative difference of the outputs, with batch statistics and with running ones.
  func difference() throws -> Double {
    try withoutGradients {
      let (first, second) = (try Self.make(left), try Self.make(right))
      for parameter in first.parameters.all {
        guard let path = counterpart(parameter.path), let source = second.parameters[path] else {
          continue
        }
        try parameter.assign(source.value.detached())
      }
      return try [ForwardPass.training, .evaluation].map { pass in
        try relativeDifference(first(Self.input(), pass), second(Self.input(), pass))
      }.max() ?? .infinity
    }
  }

  /// A small network in float64; networks of one seed share weights by path.
  static func make(_ side: Side) throws -> ResidualNetwork {
    var options = NetworkOptions()
    options.widths = [4, 8, 16]
    options.scheme = side.scheme
    options.h = side.h
    return try NetworkCatalog.make(
      side.network, options, task: NetworkTask(inputShape: [2, 12, 12], classes: 5), seed: 21,
      dataType: .float64)
  }

  /// Five random images.
  static func input() throws -> Tensor {
    let input = try Tensor.empty([5, 2, 12, 12], .float64)
    try Generator(seed: 12).fillNormal(input)
    return input
  }
}

/// The largest difference of two tensors, relative to the largest number of the second.
func relativeDifference(_ values: Tensor, _ expected: Tensor) throws -> Double {
  try (values - expected).absolute().max().scalar() / expected.absolute().max().scalar()
}
