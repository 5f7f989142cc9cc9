import Foundation
import TimeStepping
import TimestepCommand
import TimestepData
import TimestepDiagnostics
import TimestepExperiments
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Runs a command's work; every error of the library becomes a message with the exit code that fits it.
func reporting(_ body: () throws -> Void) throws {
  do { try FusedKernels.checkEnvironment() } catch {
    throw CommandError(status: .usage, message: "\(error)")
  }
  do {
    try body()
  } catch let error as any ExitStatusProviding {
    throw error
  } catch {
    throw CommandError(status: status(of: error), message: "\(error)")
  }
}

/// Runs the work of a command that has the option --skip-corrupt, and names it where it helps.
func advisingToSkip<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch var error as DataError where error.concernsOneExample {
    error.remedy =
      (error.remedy.map { "\($0), or " } ?? "") + "pass over such files with --skip-corrupt"
    throw error
  }
}

private func status(of error: any Error) -> ExitStatus {
  switch error {
  case is OptionError, is UnknownNameError, is TimeGridError, is ArgumentError,
    is NoiseRuleError, is MissingCapability, is NothingBefore, is NoCounterpart:
    .usage
  case let error as TensorError where error.isOutOfMemory: .unavailable
  case let error as DataError: status(of: error.kind)
  case is CheckpointError: .badData
  case let error as RunError: status(of: error.kind)
  case let error as DiagnosticError: status(of: error.kind)
  case let error as SafetensorsError: status(of: error.kind)
  case let error as AtomicFile.WriteError:
    error.cannotCreate ? .cannotCreateOutput : .inputOutputFailed
  case is MismatchedParameters, is ShapeError, is ParameterError: .badData
  default: .internalFault
  }
}

private func status(of kind: DataError.Kind) -> ExitStatus {
  switch kind {
  case .notFound: .inputNotFound
  case .badData: .badData
  case .badConfiguration: .usage
  case .ioFailure: .inputOutputFailed
  case .unavailable: .unavailable
  case .cannotCreate: .cannotCreateOutput
  }
}

private func status(of kind: DiagnosticError.Kind) -> ExitStatus {
  switch kind {
  case .doesNotApply: .usage
  case .badData: .badData
  case .notFound: .inputNotFound
  case .unavailable: .unavailable
  case .fault: .internalFault
  }
}

private func status(of kind: RunError.Kind) -> ExitStatus {
  switch kind {
  case .configuration, .badData: .badData
  case .notFound: .inputNotFound
  case .unavailable: .unavailable
  case .cannotCreate: .cannotCreateOutput
  case .inputOutput: .inputOutputFailed
  }
}

private func status(of kind: SafetensorsError.Kind) -> ExitStatus {
  switch kind {
  case .notFound: .inputNotFound
  case .badData: .badData
  case .cannotCreate: .cannotCreateOutput
  case .inputOutput: .inputOutputFailed
  }
}
