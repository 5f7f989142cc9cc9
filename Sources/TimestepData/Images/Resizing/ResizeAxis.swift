/// The weights with which pixels along one axis make the pixels of a resized image.
///
/// A triangle of half-width `max(1, scale)` around the centre of each output, with weights that sum to 1: bilinear
/// interpolation when the image grows, and antialiased when it shrinks. Source: Pillow's `Resample.c`
/// (`precompute_coeffs`, BILINEAR), which torchvision's transforms of images use.
package struct ResizeAxis: Sendable {
  /// The first input of each output.
  package let first: [Int]
  /// How many inputs each output has.
  package let taps: Int
  /// The weights, `taps` for each output; unused ones are 0 and come last.
  package let weights: [Float]
  /// The inputs that have a weight.
  package let inputs: Range<Int>

  /// Outputs that cover `length` pixels from `start` on, of which only pixels in `bounds` are seen.
  ///
  /// `bounds` must not be empty and must overlap what is covered. `mirrored` puts the last output first.
  package init(
    start: Double, length: Double, bounds: Range<Int>, outputs: Int, mirrored: Bool = false
  ) {
    let scale = length / Double(outputs)
    let support = max(scale, 1)
    let most = min(Int((2 * support).rounded(.up)) + 1, bounds.count)
    var first = [Int](repeating: 0, count: outputs)
    var weights = [Float](repeating: 0, count: outputs * most)
    var values = [Double](repeating: 0, count: most)
    var end = bounds.lowerBound
    for output in 0..<outputs {
      let center = start + (Double(output) + 0.5) * scale
      let low = min(
        max(Int((center - support + 0.5).rounded(.down)), bounds.lowerBound), bounds.upperBound - 1)
      let high = max(min(Int((center + support + 0.5).rounded(.down)), bounds.upperBound), low + 1)
      let count = min(high - low, most)
      var sum = 0.0
      for tap in 0..<count {
        values[tap] = max(0, 1 - abs((Double(low + tap) + 0.5 - center) / support))
        sum += values[tap]
      }
      let place = mirrored ? outputs - 1 - output : output
      first[place] = low
      for tap in 0..<count {
        weights[place * most + tap] = Float(sum > 0 ? values[tap] / sum : 1 / Double(count))
      }
      end = max(end, low + count)
    }
    self.first = first
    self.weights = weights
    taps = most
    inputs = (first.min() ?? bounds.lowerBound)..<max(end, bounds.lowerBound + 1)
  }
}
