import Synchronization
import TimestepData
import TimestepNetworks

/// Where the mean and the standard deviation of the inputs come from.
public enum DataNormalization: String, Codable, Sendable, CaseIterable {
  /// The constants in common use for the data set.
  case constants
  /// Measured on the training part, channel by channel, without augmentation.
  case measured
  /// No normalisation: pixels in [0, 1].
  case none
}

extension RunOptions {
  /// The choices about how files are read.
  var readingOptions: ReadingOptions {
    ReadingOptions(
      imageSize: imageSize, skipsCorruptFiles: skipCorrupt ?? false, classNames: classNames,
      resizesMissing: crop != nil)
  }
}

/// How a run reads and prepares its data set.
struct RunData: Sendable {
  /// The data set, its shape and classes known.
  let dataset: DatasetDescriptor
  /// Where its files are, or nil.
  let directory: String?
  /// The preparation of training examples, unless it is measured.
  let preparation: Preparation
  private let normalization: DataNormalization
  private let augments: Bool
  private let measured = Memory()

  /// Measured once, for all loaders of a run.
  private final class Memory: Sendable {
    let value = Mutex<TimestepData.Normalization?>(nil)
  }

  /// Checks the choices against the data set; throws ``OptionError``.
  init(_ dataset: DatasetDescriptor, _ options: RunOptions) throws {
    self.dataset = dataset
    directory = options.data
    normalization = options.dataNormalization ?? .constants
    augments = options.augmentation ?? dataset.augmentsByDefault
    if augments, dataset.preparation.augmentation == .none {
      throw OptionError(
        "augmentation", augments,
        "examples of \(dataset.name) are \(dataset.elementKind.rawValue) that are not augmented; leave "
          + "out --augmentation")
    }
    let isImages = dataset.elementShape.count == 3
    if normalization != .constants, !isImages {
      throw OptionError(
        "data-normalization", normalization.rawValue, "\(dataset.name) holds no images")
    }
    var preparation = dataset.preparation
    if normalization == .none { preparation.normalization = nil }
    if let padding = options.padding {
      guard preparation.augmentation.padding > 0 else {
        throw OptionError(
          "padding", padding.rawValue, "examples of \(dataset.name) are not padded")
      }
      preparation.augmentation.paddingMode = padding
    }
    if let shift = options.shift {
      guard preparation.augmentation.padding > 0 else {
        throw OptionError(
          "shift", shift, "examples of \(dataset.name) are not padded; leave out --shift")
      }
      let most = max(dataset.elementShape.dropFirst().min() ?? 1, 1) - 1
      guard (0...most).contains(shift) else {
        throw OptionError("shift", shift, "expected a whole number from 0 to \(most)")
      }
      preparation.augmentation.padding = shift
    }
    if let crop = options.crop {
      guard preparation.augmentation.crop != nil else {
        throw OptionError(
          "crop", crop.rawValue, "examples of \(dataset.name) are not resized")
      }
      preparation.augmentation.crop = crop
    }
    self.preparation = preparation
  }

  /// A part of the data set and its preparation, augmented or not.
  func load(_ split: DatasetSplit, forTraining: Bool) throws -> (any Dataset, Preparation) {
    let data = try dataset.load(split: split, directory: directory)
    var prepared = try evaluationPreparation(training: split == .train ? data : nil)
    if forTraining, augments { prepared.augmentation = preparation.augmentation }
    return (data, prepared)
  }

  /// How examples are prepared for an evaluation: normalised as in training, never augmented.
  ///
  /// - Parameter training: the training part where it is at hand, for a normalisation that is measured on it.
  func evaluationPreparation(training: (any Dataset)? = nil) throws -> Preparation {
    guard normalization == .measured else {
      return Preparation(normalization: preparation.normalization)
    }
    return try measured.value.withLock { known in
      if let known { return Preparation(normalization: known) }
      let training = try training ?? dataset.load(split: .train, directory: directory)
      let found = try TimestepData.Normalization.measured(on: training)
      known = found
      return Preparation(normalization: found)
    }
  }
}
