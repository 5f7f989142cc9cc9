import Foundation

/// The part of an image that becomes an example, and which of its pixels are seen on the way.
package struct ImageCrop: Sendable, Equatable {
  /// An interval of pixels along one axis.
  package struct Side: Sendable, Equatable {
    /// Where it begins, in pixels of the image.
    package var start: Double
    /// How long it is.
    package var length: Double
    /// The pixels that antialiasing may look at.
    package var bounds: Range<Int>

    /// The same in an image reduced by a factor to `count` pixels.
    func reduced(by factor: Int, to count: Int) -> Side {
      let low = min(bounds.lowerBound / factor, count - 1)
      let high = min((bounds.upperBound + factor - 1) / factor, count)
      return Side(
        start: start / Double(factor), length: length / Double(factor),
        bounds: low..<max(high, low + 1))
    }
  }

  /// Rows.
  package var vertical: Side
  /// Columns.
  package var horizontal: Side

  /// The largest of `factors` by which the image can be reduced and the crop still has `outputs` pixels a side.
  func reduction(of factors: [Int], outputs: ImageSize) -> Int {
    factors.first { factor in
      vertical.length >= Double(factor * outputs.height)
        && horizontal.length >= Double(factor * outputs.width)
    } ?? 1
  }

  /// The short side resized to `shortSide`, then a window of `outputs` at the centre.
  ///
  /// As torchvision's `Resize(shortSide)` and `CenterCrop(outputs)` have it.
  package static func center(of size: ImageSize, shortSide: Int, outputs: ImageSize) -> ImageCrop {
    let resized = resized(size, shortSide: shortSide)
    func offset(_ whole: Int, _ part: Int) -> Int {
      max(Int((Double(whole - part) / 2).rounded(.toNearestOrEven)), 0)
    }
    return window(
      of: size, resized: resized, top: offset(resized.height, outputs.height),
      left: offset(resized.width, outputs.width), outputs: outputs)
  }

  /// The short side resized to a length drawn from `lengths`, then a window of `outputs` anywhere.
  package static func shortSide(
    of size: ImageSize, lengths: ClosedRange<Int>, outputs: ImageSize,
    using random: inout RandomStream
  ) -> ImageCrop {
    let length = lengths.lowerBound + random.integer(below: lengths.count)
    let resized = resized(size, shortSide: length)
    let top = random.integer(below: resized.height - outputs.height + 1)
    let left = random.integer(below: resized.width - outputs.width + 1)
    return window(of: size, resized: resized, top: top, left: left, outputs: outputs)
  }

  /// A rectangle of 8 to 100 % of the area and an aspect from 3/4 to 4/3, uniform in its logarithm.
  ///
  /// After ten drawn rectangles that do not fit, the largest one at the centre within these aspects. As torchvision's
  /// `RandomResizedCrop.get_params`, with this library's random numbers. Source: C. Szegedy et al., "Going deeper
  /// with convolutions" (2015), section 6.
  package static func scaleAndAspect(
    of size: ImageSize, using random: inout RandomStream
  ) -> ImageCrop {
    let area = Double(size.height) * Double(size.width)
    for _ in 0..<10 {
      let target = area * (0.08 + 0.92 * random.uniform())
      let aspect = exp(log(0.75) + (log(4.0 / 3) - log(0.75)) * random.uniform())
      let width = Int((target * aspect).squareRoot().rounded())
      let height = Int((target / aspect).squareRoot().rounded())
      guard width > 0, height > 0, width <= size.width, height <= size.height else { continue }
      let top = random.integer(below: size.height - height + 1)
      let left = random.integer(below: size.width - width + 1)
      return rectangle(top: top, left: left, height: height, width: width)
    }
    let aspect = Double(size.width) / Double(size.height)
    var (width, height) = (size.width, size.height)
    if aspect < 0.75 { height = Int((Double(width) / 0.75).rounded()) }
    if aspect > 4.0 / 3 { width = Int((Double(height) * 4 / 3).rounded()) }
    return rectangle(
      top: (size.height - height) / 2, left: (size.width - width) / 2, height: height, width: width)
  }

  /// Whole pixels, of which none beyond is seen.
  package static func rectangle(top: Int, left: Int, height: Int, width: Int) -> ImageCrop {
    ImageCrop(
      vertical: Side(start: Double(top), length: Double(height), bounds: top..<(top + height)),
      horizontal: Side(start: Double(left), length: Double(width), bounds: left..<(left + width)))
  }

  /// The size with its shorter side made `shortSide`, the other one rounded down but never shorter.
  package static func resized(_ size: ImageSize, shortSide: Int) -> ImageSize {
    func other(_ long: Int, _ short: Int) -> Int {
      max(Int(Double(shortSide) * Double(long) / Double(short)), shortSide)
    }
    return size.width <= size.height
      ? ImageSize(height: other(size.height, size.width), width: shortSide)
      : ImageSize(height: shortSide, width: other(size.width, size.height))
  }

  /// A window of the image resized, in pixels of the image itself.
  private static func window(
    of size: ImageSize, resized: ImageSize, top: Int, left: Int, outputs: ImageSize
  ) -> ImageCrop {
    func side(_ count: Int, _ resized: Int, _ first: Int, _ outputs: Int) -> Side {
      let scale = Double(count) / Double(resized)
      return Side(
        start: Double(first) * scale, length: Double(outputs) * scale, bounds: 0..<count)
    }
    return ImageCrop(
      vertical: side(size.height, resized.height, top, outputs.height),
      horizontal: side(size.width, resized.width, left, outputs.width))
  }
}
