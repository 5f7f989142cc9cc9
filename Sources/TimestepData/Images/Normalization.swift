/// `x <- (x - mean) / std` for each channel, where pixels are bytes divided by 255.
///
/// Computed in single precision in that order, as torchvision's `ToTensor` and `Normalize` do.
public struct Normalization: Sendable, Equatable, Codable {
  /// The mean of each channel.
  public let mean: [Float]
  /// The standard deviation of each channel.
  public let standardDeviation: [Float]

  /// One number a channel in both lists.
  ///
  /// Throws `DataError(.badConfiguration)` unless the lists are equally long, finite, and every deviation is
  /// above 0.
  public init(mean: [Float], standardDeviation: [Float]) throws {
    guard mean.count == standardDeviation.count, !mean.isEmpty,
      mean.allSatisfy(\.isFinite),
      standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw DataError(
        .badConfiguration,
        problem: "normalisation with mean \(mean) and standard deviation \(standardDeviation)",
        remedy: "give one finite mean and one positive standard deviation for each channel")
    }
    self.init(unchecked: mean, standardDeviation)
  }

  private init(unchecked mean: [Float], _ standardDeviation: [Float]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// CIFAR-10 as the reference code of Zhang et al. (IJCAI 2019) has it.
  public static let cifar10 = Normalization(
    unchecked: [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010])
  /// ImageNet, the constants in common use (torchvision).
  public static let imageNet = Normalization(
    unchecked: [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
  /// Fashion-MNIST, measured on its training images.
  public static let fashionMNIST = Normalization(unchecked: [0.2860], [0.3530])
  /// MNIST, the constants in common use.
  public static let mnist = Normalization(unchecked: [0.1307], [0.3081])

  /// Bytes uniform in 0...255: mean 1/2, standard deviation sqrt((256^2 - 1) / 12) / 255.
  static func uniformBytes(channels: Int) -> Normalization {
    let deviation = Float(((65_536.0 - 1) / 12).squareRoot() / 255)
    return Normalization(
      unchecked: [Float](repeating: 0.5, count: max(channels, 0)),
      [Float](repeating: deviation, count: max(channels, 0)))
  }

  /// What every byte becomes: 256 numbers for each channel, one channel after the other.
  ///
  /// `nil` stands for no normalisation: the byte divided by 255.
  static func table(_ normalization: Normalization?, channels: Int) -> [Float] {
    (0..<channels).flatMap { channel in
      (0..<256).map { byte in
        let value = Float(byte) / 255
        guard let normalization else { return value }
        return (value - normalization.mean[channel]) / normalization.standardDeviation[channel]
      }
    }
  }

  /// Throws `DataError(.badConfiguration)` unless there is one number for each of `channels`.
  func check(channels: Int, of dataset: String) throws {
    guard mean.count == channels else {
      throw DataError(
        .badConfiguration,
        problem: "a normalisation of \(mean.count) channels on \(dataset), which has \(channels)",
        remedy: "give one mean and one standard deviation for each channel")
    }
  }
}
