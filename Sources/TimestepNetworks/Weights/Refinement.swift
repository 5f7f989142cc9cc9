/// The same flow with more, shorter steps.
extension PlannedFamily {
  /// The options of the network with twice the steps in each stage, half as long: N to 2N, h to h / 2, T as before.
  ///
  /// Source: lecture, section 6.9.
  public func refined(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    var refined = try resolved(options, for: task)
    let layers = try NetworkChoices(refined).field.layers
    let rule = depths(layers: layers)
    let depth = refined.depth ?? depths[0]
    let (doubled, overflow) = (depth - rule.offset).multipliedReportingOverflow(by: 2)
    guard !overflow else { throw OptionError("depth", depth, "cannot be doubled") }
    refined.depth = doubled + rule.offset
    refined.h = refined.h.map { $0 / 2 }
    return try resolved(refined, for: task)
  }
}
