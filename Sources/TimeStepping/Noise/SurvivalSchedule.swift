/// How the survival probability of stochastic depth falls from the first block to the last.
public enum SurvivalSchedule: String, Sendable, Hashable, CaseIterable {
  /// `p_l = 1 - (l/L) (1 - p_L)` for the blocks l = 1 ... L, as G. Huang et al. (2016) have it: the
  /// first block is dropped now and then.
  case linear
  /// `p_i = 1 - i/(n - 1) (1 - p_L)` for the blocks i = 0 ... n - 1, as the code published with
  /// LM-ResNet has it: the first block is never dropped, unless it is the only one, which has p_L.
  case published
  /// `p_L` for every block.
  case constant

  /// Returns the survival probability of a block, counted from 0, of `blocks`.
  ///
  /// - Parameters:
  ///   - block: The number of the block, from 0 to `blocks - 1`.
  ///   - blocks: The number of blocks, over all stages.
  ///   - last: The survival probability p_L of the last block, from 0 to 1.
  public func survival(block: Int, of blocks: Int, last: Double) -> Double {
    precondition((0..<blocks).contains(block), "block \(block) of \(blocks)")
    guard block < blocks - 1 else { return last }
    return switch self {
    case .linear: 1 - Double(block + 1) / Double(blocks) * (1 - last)
    case .published: 1 - Double(block) / Double(blocks - 1) * (1 - last)
    case .constant: last
    }
  }
}
