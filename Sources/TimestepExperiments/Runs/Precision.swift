import TimestepData
import TimestepNetworks
import TimestepTorch

/// The numbers that a run computes with.
public struct Precision: Sendable, Hashable {
  /// Its name in options and files.
  public let name: String
  /// The type of parameters, statistics, linear maps, outputs, loss and the optimiser's state.
  public let parameters: DataType
  /// The type of states and convolutions; nil for that of the parameters.
  public let states: DataType?

  /// States and convolutions in bfloat16, everything else in float32: half the memory, and where the processor has
  /// instructions for it about twice the speed.
  public static let bf16 = Precision(name: "bf16", parameters: .float32, states: .bfloat16)
  /// Everything in float32.
  public static let fp32 = Precision(name: "fp32", parameters: .float32, states: nil)
  /// Everything in float64, for comparisons.
  public static let fp64 = Precision(name: "fp64", parameters: .float64, states: nil)
  /// All of them.
  public static let all = [bf16, fp32, fp64]
  /// The name that stands for ``bf16`` where that is faster, and for ``fp32`` elsewhere.
  public static let automatic = "auto"

  /// What is fastest on this processor: ``bf16`` where it multiplies bfloat16 and neither the examples are points nor the
  /// adjoint rebuilds states, and ``fp32`` elsewhere.
  public static func fastest(for network: NetworkOptions, on dataset: DatasetDescriptor)
    -> Precision
  {
    let rebuilds = network.adjoint?.hasPrefix(ReversibleAdjoint().name) ?? false
    return Processor.computesInBFloat16 && dataset.elementKind != .points && !rebuilds
      ? .bf16 : .fp32
  }
}
