/// A window of the plane for pictures in which both axes have the same scale, so that circles are round.
struct PlaneWindow {
  let re: ClosedRange<Double>
  let im: ClosedRange<Double>

  /// Holds all points that are numbers, and is widened where it would be too flat or too high.
  ///
  /// - Parameters:
  ///   - margin: room at each side, over the extent.
  ///   - flattest: the least height over width.
  ///   - highest: the largest height over width.
  init(
    re: [Double], im: [Double], margin: Double = 0.04, flattest: Double = 0.45,
    highest: Double = 1.15
  ) {
    func range(_ values: [Double]) -> (middle: Double, extent: Double) {
      let numbers = values.filter(\.isFinite)
      let (low, high) = (numbers.min() ?? -1, numbers.max() ?? 1)
      let extent = (high - low) * (1 + 2 * margin)
      return ((low + high) / 2, extent > 0 ? extent : 1)
    }
    let (x, y) = (range(re), range(im))
    let width = max(x.extent, y.extent / highest)
    let height = max(y.extent, width * flattest)
    self.re = x.middle - width / 2...x.middle + width / 2
    self.im = y.middle - height / 2...y.middle + height / 2
  }

  /// The height in pixels of a picture so wide.
  func height(ofWidth width: Double) -> Double {
    (width * (im.upperBound - im.lowerBound) / (re.upperBound - re.lowerBound)).rounded()
  }

  /// The ends of the horizontal axis.
  var horizontal: [JSONValue] { [.number(re.lowerBound), .number(re.upperBound)] }
  /// The ends of the vertical axis.
  var vertical: [JSONValue] { [.number(im.lowerBound), .number(im.upperBound)] }
}
