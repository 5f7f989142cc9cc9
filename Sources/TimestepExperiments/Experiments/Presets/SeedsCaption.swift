import TimestepDiagnostics

extension DiagnosticTable {
  /// What a line of medians and the band or the bars beside it are, for a subtitle: "median over 5 seeds; band: one
  /// standard deviation".
  ///
  /// - Parameter mark: how the deviation is drawn.
  func seedsCaption(_ mark: String) -> String {
    let counts = numbers("seeds").compactMap { Int(exactly: $0) }
    guard let least = counts.min(), let most = counts.max() else { return "no training" }
    if most == 1 { return "one seed" }
    let seeds = least == most ? "\(most)" : "\(least) to \(most)"
    return "median over \(seeds) seeds; \(mark): one standard deviation to either side"
  }
}
