import Foundation
import TimestepLayers

/// How the gradient grows or shrinks on its way back through the blocks of a network.
///
/// ```
/// ratio_l = |dL/du_{l+1}| / |dL/du_l|,   u_l before block l and u_{l+1} after it
/// ```
///
/// A block that keeps the gradient's length has ratio 1; below 1 the gradient grows on its way back, above 1 it
/// shrinks. A transition on the shortcut counts to the block beside it, one that stands by itself is a block. Measured in
/// step 1, 2, 4 ... 128, and then in every 128th step, so that it costs next to nothing, unless a trainer is asked for
/// more, ``Trainer/ratioInterval``.
public struct GradientRatios: Sendable, Codable {
  /// One block.
  public struct Block: Sendable, Codable {
    /// Its place, e.g. `stages.1.steps.4`.
    public var path: String
    /// The norm of the gradient after it over that before it.
    public var ratio: Double

    private enum Key: CodingKey { case path, ratio }

    init(path: String, ratio: Double) {
      self.path = path
      self.ratio = ratio
    }

    /// Reads a block; a ratio that JSON has no number for is a text.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      path = try container.decode(String.self, forKey: .path)
      ratio =
        try (try? container.decode(Double.self, forKey: .ratio))
        ?? Double(container.decode(String.self, forKey: .ratio)) ?? .nan
    }

    /// Writes a block.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(path, forKey: .path)
      if ratio.isFinite {
        try container.encode(ratio, forKey: .ratio)
      } else {
        try container.encode(ratio.isNaN ? "nan" : "inf", forKey: .ratio)
      }
    }
  }

  /// The step they were measured in, from 1.
  public var step: Int
  /// The blocks in the order of time.
  public var blocks: [Block]

  /// What a probe has seen in the backward pass of a step; nil for a network without blocks.
  public init?(_ probe: ForwardProbe, step: Int) {
    let norms = probe.gradientNorms
    guard norms.count > 1 else { return nil }
    self.step = step
    blocks = zip(norms, norms.dropFirst()).map {
      Block(path: $1.path, ratio: $1.norm / $0.norm)
    }
  }

  /// Whether they are measured in a step.
  static func areDue(in step: Int) -> Bool {
    step % 128 == 0 || (step < 128 && step & (step - 1) == 0)
  }
}

extension GradientRatios: CustomStringConvertible {
  /// The range, and the three blocks farthest from 1.
  public var description: String {
    func text(_ ratio: Double) -> String {
      ratio.isNaN ? "nan" : ratio.isFinite ? significant(ratio) : "inf"
    }
    func distance(_ ratio: Double) -> Double {
      ratio.isFinite && ratio > 0 ? max(ratio, 1 / ratio) : .infinity
    }
    let extreme = blocks.enumerated().sorted {
      (distance($1.element.ratio), $0.offset) < (distance($0.element.ratio), $1.offset)
    }.prefix(3).map { "\($0.element.path) \(text($0.element.ratio))" }
    return "gradient norm after over before a block, in step \(step), farthest from 1 of "
      + "\(blocks.count): \(extreme.joined(separator: ", "))"
  }
}

/// A number with three digits.
private func significant(_ number: Double) -> String { String(format: "%.3g", number) }
