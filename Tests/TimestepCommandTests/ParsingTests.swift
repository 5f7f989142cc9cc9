import Testing
import TimestepCommand

/// Not that of the module Testing.
private typealias ExitStatus = TimestepCommand.ExitStatus

/// Keeps the command that it is asked to carry out, and throws `error` if there is one.
private final class RecordingRuntime: CommandRuntime {
  var command: Any?
  var error: (any Error)?

  init(error: (any Error)? = nil) { self.error = error }

  func train(_ command: TrainCommand) throws { try record(command) }
  func resume(_ command: ResumeCommand) throws { try record(command) }
  func evaluate(_ command: EvaluateCommand) throws { try record(command) }
  func describe(_ command: DescribeCommand) throws { try record(command) }
  func diagnose(_ command: DiagnoseCommand) throws { try record(command) }
  func report(_ command: ReportCommand) throws { try record(command) }
  func experiment(_ command: ExperimentCommand) throws { try record(command) }
  func sweep(_ command: SweepCommand) throws { try record(command) }
  func list(_ command: ListCommand) throws { try record(command) }
  func doctor(_ command: DoctorCommand) throws { try record(command) }
  func export(_ command: ExportCommand) throws { try record(command) }
  func predict(_ command: PredictCommand) throws { try record(command) }
  func dataList(_ command: DataListCommand) throws { try record(command) }
  func dataFetch(_ command: DataFetchCommand) throws { try record(command) }
  func dataCheck(_ command: DataCheckCommand) throws { try record(command) }
  func dataShow(_ command: DataShowCommand) throws { try record(command) }

  private func record(_ command: Any) throws {
    self.command = command
    if let error { throw error }
  }
}

/// The command that `line` is parsed to.
private func parsed<Command>(_ line: String, as type: Command.Type = Command.self) throws -> Command
{
  let runtime = RecordingRuntime()
  let outcome = commandOutcome(
    arguments: line.split(separator: " ").map(String.init), runtime: runtime)
  #expect(outcome == CommandOutcome(status: 0, output: "", errors: ""))
  return try #require(runtime.command as? Command)
}

@Suite("Parsing of the command's arguments")
struct ParsingTests {
  @Test("A run goes on by name, or by its directory and the same options")
  func resumption() throws {
    let resume = try parsed("resume runs/a --epochs 4 --threads 2", as: ResumeCommand.self)
    #expect(resume.run == "runs/a" && resume.epochs == 4 && resume.threads == 2)
    #expect(resume.checkpoints.interval == nil && resume.directory == nil && !resume.quiet)
    let train = try parsed(
      "train dense-2 --resume --output a --checkpoint-every 10m --on-checkpoint-error continue",
      as: TrainCommand.self)
    #expect(train.resume && train.output == "a")
    #expect(train.options.training.checkpoints.interval == "10m")
    #expect(train.options.training.checkpoints.onError == "continue")
    let nowhere = commandOutcome(
      arguments: ["train", "dense-2", "--resume"], runtime: RecordingRuntime())
    #expect(nowhere.status == 64 && nowhere.errors.contains("--output"))
  }

  @Test("Options that are not given are nil")
  func nothingGiven() throws {
    let train: TrainCommand = try parsed("train resnet-20")
    #expect(train.network == "resnet-20")
    let options = train.options
    #expect(options.network.depth == nil && options.network.scheme == nil)
    #expect(options.network.h == nil && options.network.widths == nil)
    #expect(options.network.batchNorm == nil && options.network.postActivation == nil)
    #expect(options.network.initialization == nil && options.network.initializeFrom == nil)
    #expect(options.data.dataset == nil && options.data.directory == nil)
    #expect(options.data.trainLimit == nil && options.data.augmentation == nil)
    #expect(options.data.testLimit == nil && options.data.shift == nil)
    #expect(options.data.shuffle == nil && options.data.dropLast == nil)
    #expect(options.training.epochs == nil && options.training.maxSteps == nil)
    #expect(options.training.batchSize == nil && options.training.optimizer == nil)
    #expect(options.training.learningRate == nil && options.training.dropAt == nil)
    #expect(options.training.momentum == nil && options.training.weightDecay == nil)
    #expect(options.training.seed == nil)
    #expect(options.machine.precision == nil && options.machine.device == nil)
    #expect(options.machine.threads == nil)
    #expect(options.configuration.file == nil && !options.configuration.printsAndStops)
    #expect(train.output == nil && !train.quiet)
  }

  @Test("Every option of train reaches its property")
  func everythingGiven() throws {
    let train: TrainCommand = try parsed(
      """
      train --depth 20 --scheme forward-euler --h 0.1 --widths 16,32,64 --no-batch-norm \
      --post-activation identity --initialization he --initialize-from a.safetensors \
      --initialize-names torchvision --no-initialize-strict \
      --dataset fashion-mnist --data d --train-limit 7 --image-size 48 --no-skip-corrupt --data-normalization measured --padding reflect \
      --test-limit 8 --shift 1 --drop-last --crop short-side --no-augmentation --no-shuffle \
      --epochs 2 --max-steps 3 --batch-size 4 --optimizer sgd --learning-rate 0.5 --drop-at 40,60 \
      --momentum 0.9 --weight-decay 1e-4 --seed 18446744073709551615 \
      --precision fp64 --device cuda --threads 2 --config c.yaml --print-config --output o --quiet
      """)
    let options = train.options
    #expect(train.network == nil)
    #expect(options.network.depth == 20 && options.network.scheme == "forward-euler")
    #expect(options.network.h == 0.1 && options.network.widths?.values == [16, 32, 64])
    #expect(options.network.batchNorm == false && options.network.postActivation == "identity")
    #expect(options.network.initialization == "he")
    #expect(options.network.initializeFrom == "a.safetensors")
    #expect(options.network.initializeNames == "torchvision")
    #expect(options.network.initializeStrict == false)
    #expect(options.data.dataset == "fashion-mnist" && options.data.directory == "d")
    #expect(options.data.trainLimit == 7 && options.data.augmentation == false)
    #expect(options.data.imageSize == 48 && options.data.skipCorrupt == false)
    #expect(options.data.dataNormalization == "measured" && options.data.padding == "reflect")
    #expect(options.data.crop == "short-side")
    #expect(options.data.testLimit == 8 && options.data.shift == 1)
    #expect(options.data.shuffle == false && options.data.dropLast == true)
    #expect(options.training.epochs == 2 && options.training.maxSteps == 3)
    #expect(options.training.batchSize == 4 && options.training.optimizer == "sgd")
    #expect(options.training.learningRate == 0.5 && options.training.dropAt?.values == [40, 60])
    #expect(options.training.momentum == 0.9 && options.training.weightDecay == 1e-4)
    #expect(options.training.seed == .max)
    #expect(options.machine.precision == .fp64 && options.machine.device == .cuda)
    #expect(options.machine.threads == 2)
    #expect(options.configuration.file == "c.yaml" && options.configuration.printsAndStops)
    #expect(train.output == "o" && train.quiet)
  }

  @Test("A step size of nan is parsed, for the validation to refuse by name")
  func stepSizeNaN() throws {
    let train: TrainCommand = try parsed("train resnet-20 --h nan")
    #expect(try #require(train.options.network.h).isNaN)
  }

  @Test("The other commands' arguments")
  func otherCommands() throws {
    let evaluate: EvaluateCommand = try parsed("evaluate r --split train --logits l.npy --json")
    #expect(evaluate.run == "r" && evaluate.split == .train && evaluate.logits == "l.npy")
    #expect(evaluate.json)
    let byDefault: EvaluateCommand = try parsed("evaluate r")
    #expect(byDefault.split == .test)
    let describe: DescribeCommand = try parsed(
      "describe resnet-110 --image-size 32 --channels 3 --classes 10 --json")
    #expect(describe.network == "resnet-110" && describe.options.data.imageSize == 32)
    #expect(describe.channels == 3 && describe.classes == 10 && describe.json)
    let export: ExportCommand = try parsed("export r --to w.safetensors")
    #expect(export.run == "r" && export.file == "w.safetensors" && export.names == "timestep")
    let named: ExportCommand = try parsed("export r --to w.safetensors --names torchvision")
    #expect(named.names == "torchvision")
    let doctor: DoctorCommand = try parsed("doctor --json")
    #expect(doctor.json)
    for catalog in Catalog.allCases {
      let list: ListCommand = try parsed("list \(catalog.rawValue)")
      #expect(list.catalog == catalog)
    }
  }

  @Test(
    "Wrong arguments end with 64, and nothing is run",
    arguments: [
      "nonsense", "train", "describe", "train resnet-20 --epochs two",
      "train resnet-20 --widths 1,,2",
      "train resnet-20 --widths=", "train resnet-20 --precision fp16",
      "train resnet-20 --unknown 1",
      "evaluate", "export r", "list", "list nets", "doctor extra",
    ])
  func usageErrors(line: String) {
    let runtime = RecordingRuntime()
    let outcome = commandOutcome(
      arguments: line.split(separator: " ").map(String.init), runtime: runtime)
    #expect(outcome.status == ExitStatus.usage.rawValue)
    #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("Error: "))
    #expect(runtime.command == nil)
  }

  @Test("An error's exit code and message become the command's", arguments: ExitStatus.allCases)
  fileprivate func statusOfErrors(status: ExitStatus) {
    let runtime = RecordingRuntime(error: CommandError(status: status, message: "what to do"))
    let outcome = commandOutcome(arguments: ["doctor"], runtime: runtime)
    #expect(
      outcome == CommandOutcome(status: status.rawValue, output: "", errors: "error: what to do"))
  }

  @Test("An error without an exit code is a fault of the program")
  func foreignError() {
    struct Unforeseen: Error {}
    let outcome = commandOutcome(
      arguments: ["doctor"], runtime: RecordingRuntime(error: Unforeseen()))
    #expect(outcome.status == ExitStatus.internalFault.rawValue)
    #expect(outcome.errors == "error: Unforeseen()")
  }

  @Test("--version prints the version")
  func version() {
    let outcome = commandOutcome(arguments: ["--version"], runtime: RecordingRuntime())
    #expect(outcome == CommandOutcome(status: 0, output: timestepVersion, errors: ""))
  }
}
