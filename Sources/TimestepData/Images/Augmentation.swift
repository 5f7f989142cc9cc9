/// Random changes of training images: zero padding, a random crop of the former size, a horizontal flip.
///
/// The padding is made of zero bytes, before the normalisation, as torchvision's
/// `RandomCrop(size, padding:)` on an image has it; so padded pixels become `(0 - mean) / std`.
public struct Augmentation: Sendable, Equatable, Codable {
  /// Pixels of zeros added on each side before the crop; 0 for no crop.
  public var padding: Int
  /// Whether half of the images, by chance, are mirrored left to right.
  public var flip: Bool

  /// Makes an augmentation.
  public init(padding: Int, flip: Bool) {
    self.padding = padding
    self.flip = flip
  }

  /// Images as they are.
  public static let none = Augmentation(padding: 0, flip: false)
  /// Pad 4, crop 32 x 32, flip: CIFAR as in He et al. (2015), section 4.2.
  public static let cifar = Augmentation(padding: 4, flip: true)
  /// Pad 2, crop 28 x 28, flip: this project's recipe for Fashion-MNIST, whose objects fill the image.
  public static let fashionMNIST = Augmentation(padding: 2, flip: true)
  /// Pad 2, crop 28 x 28: digits must not be mirrored.
  public static let mnist = Augmentation(padding: 2, flip: false)

  /// What chance decides for one image.
  package struct Draw: Equatable {
    /// Row of the padded image where the crop begins, `0...2 padding`.
    package var top: Int
    /// Column of the padded image where the crop begins, `0...2 padding`.
    package var left: Int
    /// Whether the crop is mirrored.
    package var mirrored: Bool

    /// A decision of one's own.
    package init(top: Int, left: Int, mirrored: Bool) {
      self.top = top
      self.left = left
      self.mirrored = mirrored
    }
  }

  /// Draws top, left and mirroring, in this order; what is switched off draws nothing.
  package func draw(using random: inout RandomStream) -> Draw {
    let top = padding > 0 ? random.integer(below: 2 * padding + 1) : 0
    let left = padding > 0 ? random.integer(below: 2 * padding + 1) : 0
    return Draw(top: top, left: left, mirrored: flip && random.next() >> 63 == 1)
  }

  /// Throws `DataError(.badConfiguration)` unless every crop of such an image shows part of it.
  func check(height: Int, width: Int) throws {
    guard padding >= 0, padding < min(height, width) else {
      throw DataError(
        .badConfiguration, problem: "padding \(padding) for images of \(height) x \(width) pixels",
        remedy: "choose a padding from 0 to \(min(height, width) - 1)")
    }
  }
}
