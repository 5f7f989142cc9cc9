import ArgumentParser

/// How `experiment` and `sweep` carry out their trials.
public struct RunnerOptions: ParsableArguments {
  /// Trials side by side.
  @Option(
    help: ArgumentHelp(
      "Trials side by side, among which the cores are divided; by default one for each core.",
      valueName: "n"))
  public var jobs: Int?

  /// The part of the trials that this process carries out.
  @Option(
    help: ArgumentHelp("Carry out only the i-th of n parts of the trials.", valueName: "i/n"))
  public var shard: String?

  /// The minutes that each experiment may take.
  @Option(
    help: ArgumentHelp(
      "Measure ten steps of each setting, then leave out seeds, epochs and settings, in this order, until an experiment fits.",
      valueName: "minutes"))
  public var budgetMinutes: Double?

  /// The number of seeds.
  @Option(help: ArgumentHelp("Seeds of every setting.", valueName: "n"))
  public var seeds: Int?

  /// The floating-point format.
  @Option(help: ArgumentHelp("Floating-point format of every trial.", valueName: "format"))
  public var precision: Precision?

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// Whether trials are listed only.
  @Flag(help: "Print the trials and which of them are finished, and stop.")
  public var dryRun = false

  /// Whether plots are left undrawn.
  @Flag(name: .customLong("no-pictures"), help: "Draw no plots.")
  public var noPictures = false

  /// Whether progress is left unprinted.
  @Flag(help: "Print no progress.")
  public var quiet = false

  /// Whether results are printed as JSON.
  @Flag(help: "Print the results, or with --dry-run the trials, as JSON.")
  public var json = false

  /// Options of which none is given.
  public init() {}

  /// Refuses numbers out of range and choices that contradict each other.
  public func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is from 1 to 1024") }
    if let seeds, !(1...10_000).contains(seeds) {
      throw ValidationError("--seeds is from 1 to 10000")
    }
    if let budgetMinutes, !(budgetMinutes > 0 && budgetMinutes.isFinite) {
      throw ValidationError("--budget-minutes is a number above 0")
    }
    if shard != nil, budgetMinutes != nil {
      throw ValidationError(
        "--budget-minutes measures the speed of this machine, so that shards could decide differently; leave it out"
      )
    }
  }
}
