/// A disc or a rectangle in an image, in pixels; the pixel in row y and column x has its middle at (x + 1/2, y + 1/2).
public struct SceneShape: Sendable, Equatable {
  /// The kinds, which are the classes of pixels; 0 is the background.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// `(x - cx)^2 + (y - cy)^2 <= a^2`
    case disc = 1
    /// `|x - cx| <= a` and `|y - cy| <= b`
    case rectangle = 2
  }

  /// What it is.
  public var kind: Kind
  /// The middle, from the left.
  public var centerX: Double
  /// The middle, from the top.
  public var centerY: Double
  /// The radius a, or half the width a of a rectangle.
  public var halfWidth: Double
  /// The radius again, or half the height b of a rectangle.
  public var halfHeight: Double
  /// The value of its pixels, without noise; that of the background is 0.
  public var brightness: Double

  /// Whether the middle of a pixel lies in the shape.
  public func contains(row: Int, column: Int) -> Bool {
    let x = Double(column) + 0.5 - centerX
    let y = Double(row) + 0.5 - centerY
    switch kind {
    case .disc: return x * x + y * y <= halfWidth * halfWidth
    case .rectangle: return abs(x) <= halfWidth && abs(y) <= halfHeight
    }
  }
}

/// The shapes of one image, the later ones in front.
///
/// One to three; half widths and heights are uniform in [0.1, 0.22] times the image's size, middles uniform where the
/// whole shape is in the image, brightness uniform in [0.5, 1].
public struct ShapeScene: Sendable, Equatable {
  /// The shapes from the back to the front.
  public let shapes: [SceneShape]
  /// Rows and columns of the image.
  public let size: Int

  /// Draws a scene.
  init(size: Int, using random: inout RandomStream) {
    self.size = size
    let side = Double(size)
    let count = 1 + random.integer(below: 3)
    shapes = (0..<count).map { _ in
      let kind = random.next() >> 63 == 1 ? SceneShape.Kind.disc : .rectangle
      let width = side * (0.1 + 0.12 * random.uniform())
      let height = kind == .disc ? width : side * (0.1 + 0.12 * random.uniform())
      return SceneShape(
        kind: kind, centerX: width + (side - 2 * width) * random.uniform(),
        centerY: height + (side - 2 * height) * random.uniform(), halfWidth: width,
        halfHeight: height, brightness: 0.5 + 0.5 * random.uniform())
    }
  }

  /// The class of each pixel and its brightness without noise, row by row.
  func paint() -> (mask: [UInt8], image: [Float]) {
    var mask = [UInt8](repeating: 0, count: size * size)
    var image = [Float](repeating: 0, count: size * size)
    for shape in shapes {
      // Pixels whose middles may lie in the shape.
      let rows = Self.range(shape.centerY, shape.halfHeight, size)
      let columns = Self.range(shape.centerX, shape.halfWidth, size)
      for row in rows {
        for column in columns where shape.contains(row: row, column: column) {
          mask[row * size + column] = shape.kind.rawValue
          image[row * size + column] = Float(shape.brightness)
        }
      }
    }
    return (mask, image)
  }

  private static func range(_ center: Double, _ half: Double, _ size: Int) -> Range<Int> {
    let first = max(0, Int((center - half).rounded(.down)))
    return first..<max(first, min(size, Int((center + half).rounded(.up)) + 1))
  }
}
