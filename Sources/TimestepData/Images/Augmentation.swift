/// What surrounds an image before a crop of its former size is taken.
public enum PaddingMode: String, Sendable, CaseIterable, Codable {
  /// Zero bytes, before the normalisation: `(0 - mean) / std` after it.
  case zero
  /// The image mirrored at its border, the border itself once.
  case reflect
}

/// How a crop is drawn from images of any size and resized to the size of the examples.
public enum CropRule: String, Sendable, CaseIterable, Codable {
  /// 8 to 100 % of the area, aspect from 3/4 to 4/3. Source: Szegedy et al. (2015), section 6.
  case scaleAndAspect = "scale-aspect"
  /// Short side from 256 to 480 for examples of 224, then a window anywhere. Source: He et al. (2015), section 3.4.
  case shortSide = "short-side"
}

/// Random changes of training images: a crop, a horizontal flip.
///
/// Images of one size are padded and cropped to their former size; padding happens before the normalisation, as
/// torchvision's `RandomCrop(size, padding:)` on an image has it. Images of other sizes are cropped by a rule and
/// resized; without a rule by the one for test images: short side 256 for examples of 224, then the centre.
public struct Augmentation: Sendable, Equatable, Codable {
  /// Pixels added on each side before the crop; 0 for no crop.
  public var padding: Int
  /// What those pixels are.
  public var paddingMode: PaddingMode
  /// How a crop of another size is drawn; nil where images keep their size.
  public var crop: CropRule?
  /// Whether half of the images, by chance, are mirrored left to right.
  public var flip: Bool

  /// Makes an augmentation.
  public init(
    padding: Int, paddingMode: PaddingMode = .zero, crop: CropRule? = nil, flip: Bool
  ) {
    self.padding = padding
    self.paddingMode = paddingMode
    self.crop = crop
    self.flip = flip
  }

  /// Images as they are.
  public static let none = Augmentation(padding: 0, flip: false)
  /// Pad 4, crop 32 x 32, flip: CIFAR as in He et al. (2015), section 4.2.
  public static let cifar = Augmentation(padding: 4, flip: true)
  /// Scale and aspect crop, flip: ImageNet as in LM-ResNet (Lu et al., 2018), section 2.3.
  public static let imageNet = Augmentation(padding: 0, crop: .scaleAndAspect, flip: true)
  /// Pad 2, crop 28 x 28, flip: this project's recipe for Fashion-MNIST, whose objects fill the image.
  public static let fashionMNIST = Augmentation(padding: 2, flip: true)
  /// Pad 2, crop 28 x 28: digits must not be mirrored.
  public static let mnist = Augmentation(padding: 2, flip: false)

  /// What chance decides for one image that keeps its size.
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

  /// The part of an image of any size that is resized to `outputs`; lengths are those of ImageNet's recipe, in
  /// proportion to examples of 224.
  func crop(
    of size: ImageSize, to outputs: ImageSize, using random: inout RandomStream
  ) -> ImageCrop {
    func length(_ standard: Int) -> Int {
      Int((Double(standard * outputs.shortSide) / 224).rounded())
    }
    switch crop {
    case .scaleAndAspect: return .scaleAndAspect(of: size, using: &random)
    case .shortSide:
      return .shortSide(
        of: size, lengths: length(256)...length(480), outputs: outputs, using: &random)
    case nil: return .center(of: size, shortSide: length(256), outputs: outputs)
    }
  }

  /// Throws `DataError(.badConfiguration)` unless images keep their size and every crop shows part of them.
  func check(height: Int, width: Int) throws {
    guard padding >= 0, padding < min(height, width) else {
      throw DataError(
        .badConfiguration, problem: "padding \(padding) for images of \(height) x \(width) pixels",
        remedy: "choose a padding from 0 to \(min(height, width) - 1)")
    }
    if let crop {
      throw DataError(
        .badConfiguration, problem: "the crop \(crop.rawValue) for images that keep their size",
        remedy: "choose a padding, or an image folder")
    }
  }
}
