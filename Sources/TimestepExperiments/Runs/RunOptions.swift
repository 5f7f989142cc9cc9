import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTraining

/// What a user asked for: every choice of a run, each nil unless it was made.
///
/// The keys in a configuration file are the names of the command's options.
public struct RunOptions: Codable, Sendable, Equatable {
  public var network: String?
  public var depth: Int?
  public var widths: [Int]?
  public var h: Double?
  public var scheme: String?
  public var field: String?
  public var weights: String?
  public var noise: String?
  public var transition: String?
  public var adjoint: String?
  public var normalization: TimestepLayers.Normalization?
  public var activation: Activation?
  public var batchNorm: Bool?
  public var bias: Bool?
  public var postActivation: Activation?
  public var initialization: String?
  public var initializeFrom: String?
  public var initializeNames: String?
  public var initializeStrict: Bool?
  public var dataset: String?
  public var data: String?
  public var trainLimit: Int?
  public var testLimit: Int?
  public var imageSize: Int?
  public var classNames: [String]?
  public var skipCorrupt: Bool?
  public var dataNormalization: DataNormalization?
  public var padding: PaddingMode?
  public var shift: Int?
  public var crop: CropRule?
  public var augmentation: Bool?
  public var shuffle: Bool?
  public var dropLast: Bool?
  public var corruption: [String]?
  public var epochs: Int?
  public var maxSteps: Int?
  public var batchSize: Int?
  public var optimizer: String?
  public var learningRate: Double?
  public var dropAt: [Double]?
  public var momentum: Double?
  public var weightDecay: Double?
  public var regularization: [String]?
  public var gradientClip: Double?
  public var warmUp: Double?
  public var warmUpStart: Double?
  public var seed: UInt64?
  public var precision: String?
  public var device: String?
  public var threads: Int?
  public var checkpointEvery: String?
  public var onCheckpointError: CheckpointFailureRule?
  public var logEvery: Int?
  public var tensorboard: Bool?
  public var diagnose: [String]?
  public var output: String?

  /// Nothing chosen yet.
  public init() {}

  /// The names as on the command line.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case network, depth, widths, h, scheme, field, weights, noise, transition, adjoint
    case normalization, activation, bias, initialization, dataset, data, padding, crop,
      augmentation, shuffle, corruption
    case epochs, optimizer, momentum, seed, precision, device, threads, output,
      tensorboard, diagnose
    case batchNorm = "batch-norm"
    case postActivation = "post-activation"
    case initializeFrom = "initialize-from"
    case initializeNames = "initialize-names"
    case initializeStrict = "initialize-strict"
    case trainLimit = "train-limit"
    case testLimit = "test-limit"
    case shift
    case dropLast = "drop-last"
    case imageSize = "image-size"
    case classNames = "class-names"
    case skipCorrupt = "skip-corrupt"
    case dataNormalization = "data-normalization"
    case maxSteps = "max-steps"
    case batchSize = "batch-size"
    case learningRate = "learning-rate"
    case dropAt = "drop-at"
    case weightDecay = "weight-decay"
    case gradientClip = "gradient-clip"
    case warmUp = "warm-up"
    case warmUpStart = "warm-up-start"
    case logEvery = "log-every"
    case checkpointEvery = "checkpoint-every"
    case onCheckpointError = "on-checkpoint-error"
    case regularization
  }

  /// These choices, and where none was made those of the other.
  public func over(_ other: RunOptions) -> RunOptions {
    var result = self
    func fill<Value>(_ path: WritableKeyPath<RunOptions, Value?>) {
      result[keyPath: path] = result[keyPath: path] ?? other[keyPath: path]
    }
    fill(\.network)
    fill(\.depth)
    fill(\.widths)
    fill(\.h)
    fill(\.scheme)
    fill(\.field)
    fill(\.weights)
    fill(\.noise)
    fill(\.transition)
    fill(\.adjoint)
    fill(\.normalization)
    fill(\.activation)
    fill(\.batchNorm)
    fill(\.bias)
    fill(\.postActivation)
    fill(\.initialization)
    fill(\.initializeFrom)
    fill(\.initializeNames)
    fill(\.initializeStrict)
    fill(\.dataset)
    fill(\.data)
    fill(\.trainLimit)
    fill(\.testLimit)
    fill(\.imageSize)
    fill(\.classNames)
    fill(\.skipCorrupt)
    fill(\.dataNormalization)
    fill(\.padding)
    fill(\.shift)
    fill(\.crop)
    fill(\.augmentation)
    fill(\.shuffle)
    fill(\.dropLast)
    fill(\.corruption)
    fill(\.epochs)
    fill(\.maxSteps)
    fill(\.batchSize)
    fill(\.optimizer)
    fill(\.learningRate)
    fill(\.dropAt)
    fill(\.momentum)
    fill(\.weightDecay)
    fill(\.regularization)
    fill(\.gradientClip)
    fill(\.warmUp)
    fill(\.warmUpStart)
    fill(\.seed)
    fill(\.precision)
    fill(\.device)
    fill(\.threads)
    fill(\.checkpointEvery)
    fill(\.onCheckpointError)
    fill(\.logEvery)
    fill(\.tensorboard)
    fill(\.diagnose)
    fill(\.output)
    return result
  }

  /// The choices that concern the network alone.
  public var networkOptions: NetworkOptions {
    var options = NetworkOptions()
    options.depth = depth
    options.widths = widths
    options.h = h
    options.scheme = scheme
    options.field = field
    options.weights = weights
    options.noise = noise
    options.transition = transition
    options.adjoint = adjoint
    options.normalization = normalization
    options.activation = activation
    options.batchNorm = batchNorm
    options.bias = bias
    options.postActivation = postActivation
    options.initialization = initialization
    return options
  }
}
