import Foundation
import TimeStepping
import TimestepCommand
import TimestepData
import TimestepExperiments
import TimestepLayers
import TimestepTraining

extension SharedOptions {
  /// What was asked for: the options given here, over those of the configuration file.
  ///
  /// A mistake in the file is reported with the file's name and as bad configuration rather than bad usage.
  func resolved(network name: String?, output: String? = nil) throws -> RunConfiguration {
    var given = RunOptions()
    given.network = name
    given.output = output
    given.depth = network.depth
    given.widths = network.widths?.values
    given.h = network.h
    given.scheme = network.scheme
    given.field = network.field
    given.weights = network.weights
    given.noise = network.noise
    given.transition = network.transition
    given.adjoint = network.adjoint
    given.normalization = try network.normalization.map { try value($0, of: "normalization") }
    given.activation = try network.activation.map { try value($0, of: "activation") }
    given.batchNorm = network.batchNorm
    given.bias = network.bias
    given.postActivation = try network.postActivation.map { try value($0, of: "post-activation") }
    given.initialization = network.initialization
    given.initializeFrom = network.initializeFrom
    given.initializeNames = network.initializeNames
    given.initializeStrict = network.initializeStrict
    given.dataset = data.dataset
    given.data = data.directory
    given.trainLimit = data.trainLimit
    given.testLimit = data.testLimit
    given.imageSize = data.imageSize
    given.skipCorrupt = data.skipCorrupt
    given.dataNormalization = try data.dataNormalization.map {
      try value($0, of: "data-normalization")
    }
    given.padding = try data.padding.map { try value($0, of: "padding") }
    given.shift = data.shift
    given.crop = try data.crop.map { try value($0, of: "crop") }
    given.augmentation = data.augmentation
    given.shuffle = data.shuffle
    given.dropLast = data.dropLast
    given.corruption = data.corruption.isEmpty ? nil : data.corruption
    given.epochs = training.epochs
    given.maxSteps = training.maxSteps
    given.batchSize = training.batchSize
    given.optimizer = training.optimizer
    given.learningRate = training.learningRate
    given.dropAt = training.dropAt?.values
    given.momentum = training.momentum
    given.weightDecay = training.weightDecay
    given.regularization = training.regularization.isEmpty ? nil : training.regularization
    given.gradientClip = training.gradientClip
    given.warmUp = training.warmUp
    given.warmUpStart = training.warmUpStart
    given.logEvery = training.logEvery
    given.tensorboard = training.tensorboard
    given.diagnose = training.diagnose.isEmpty ? nil : training.diagnose
    given.seed = training.seed
    try training.checkpoints.give(to: &given)
    given.precision = machine.precision?.rawValue
    given.device = machine.device?.rawValue
    given.threads = machine.threads
    guard let file = configuration.file else { return try RunConfiguration(resolving: given) }
    let written = try ConfigurationFile.read(URL(fileURLWithPath: file))
    do {
      return try RunConfiguration(resolving: given.over(written))
    } catch {
      // Is it the file's fault? Then the file alone, with the network named here, fails in the same way.
      var fileAlone = written
      fileAlone.network = written.network ?? name
      do {
        _ = try RunConfiguration(resolving: fileAlone)
      } catch let fault where "\(fault)" == "\(error)" {
        throw RunError(.configuration, "\(file): \(error)")
      } catch {}
      throw error
    }
  }
}

/// The case of an enumeration by name, with the nearest one suggested for another.
func value<Value: RawRepresentable & CaseIterable>(_ name: String, of option: String) throws
  -> Value where Value.RawValue == String
{
  guard let value = Value(rawValue: name) else {
    throw UnknownNameError(kind: option, name: name, known: Value.allCases.map(\.rawValue))
  }
  return value
}

extension CheckpointOptions {
  /// Sets what was given of how a run is saved.
  func give(to options: inout RunOptions) throws {
    options.checkpointEvery = interval
    options.onCheckpointError = try onError.map { try value($0, of: "on-checkpoint-error") }
  }
}
