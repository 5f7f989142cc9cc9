import ArgumentParser

/// Integers separated by commas, such as `16,32,64`.
public struct IntegerList: ExpressibleByArgument, Equatable, Sendable {
  /// The integers, at least one.
  public let values: [Int]

  /// The list in `argument`, or nil if it is no such list.
  public init?(argument: String) {
    var values: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Int(part) else { return nil }
      values.append(value)
    }
    self.values = values
  }
}

/// Numbers separated by commas, such as `40,60` or `0.5,1.5`.
public struct NumberList: ExpressibleByArgument, Equatable, Sendable {
  /// The numbers, at least one.
  public let values: [Double]

  /// The list in `argument`, or nil if it is no such list.
  public init?(argument: String) {
    var values: [Double] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Double(part) else { return nil }
      values.append(value)
    }
    self.values = values
  }
}

/// The floating-point formats to compute in.
public enum Precision: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// bfloat16 where the processor has instructions for it, and binary32 elsewhere.
  case auto
  /// States and convolutions in bfloat16, everything else in binary32.
  case bf16
  /// IEEE 754 binary32.
  case fp32
  /// IEEE 754 binary64.
  case fp64
}

/// The devices to compute on.
public enum DeviceName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// The processor.
  case cpu
  /// The first NVIDIA GPU.
  case cuda
}

/// How much of an experiment is carried out.
public enum ScaleName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Seconds: shows that it runs.
  case smoke
  /// Minutes on two cores.
  case reduced
  /// The source's own setting.
  case full
}

/// What `train --deterministic` does.
public enum DeterminismMode: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Trains twice and compares.
  case check
  /// Writes fingerprints of every tensor.
  case record
}

/// The parts of a data set.
public enum Split: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// What networks are trained on.
  case train
  /// What trained networks are measured on.
  case test
}

/// What `timestep list` lists.
public enum Catalog: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Named networks.
  case networks
  /// Time-stepping schemes.
  case schemes
  /// Vector fields.
  case fields
  /// What joins two stages of different shape.
  case transitions
  /// How weights depend on time.
  case weights
  /// What a step does at random in training.
  case noises
  /// How gradients come back.
  case adjoints
  /// What can be wrong with training examples on purpose.
  case corruptions
  /// What can be added to the loss.
  case regularizers
  /// Methods that minimise a loss on all examples.
  case minimizers
  /// Data sets.
  case datasets
  /// How other programs call the weights of networks.
  case weightNames = "weight-names"
  /// Diagnostics.
  case diagnostics
  /// Tables and figures of the papers.
  case experiments
}
