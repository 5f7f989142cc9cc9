/// The exit codes of `timestep`, those of `sysexits.h` where one fits.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// The command did what it was asked.
  case success = 0
  /// What was checked is not so, as two trainings that should be equal.
  case differs = 1
  /// Training diverged: this was reported, and the run's directory is complete.
  case diverged = 3
  /// The arguments are wrong.
  case usage = 64
  /// The data or the configuration is wrong.
  case badData = 65
  /// A file, a folder or a run that was named does not exist.
  case inputNotFound = 66
  /// Something needed is not there: libtorch, CUDA, a tool. The message names what provides it.
  case unavailable = 69
  /// A fault of the program itself: an error that says nothing of its own exit code.
  case internalFault = 70
  /// An output file or folder cannot be created.
  case cannotCreateOutput = 73
  /// Reading or writing failed.
  case inputOutputFailed = 74
  /// Interrupted (SIGINT) after a checkpoint was written.
  case interrupted = 130
  /// Terminated (SIGTERM) after a checkpoint was written.
  case terminated = 143
}
