import TimestepLayers
import TimestepTorch

/// Networks for images (or sequences) of one size that begin with the weights of another size.
extension ResidualNetwork {
  /// Takes the weights of the same network for inputs of half the resolution.
  ///
  /// Every stencil of three taps along each axis is prolonged by the rule, in the stem only where asked for; stencils
  /// of one tap and all other parameters and buffers are copied. Source: lecture, section 6.10.
  ///
  /// - Throws: ``OptionError`` if the networks differ in more than the size of their inputs, or for stencils of other
  ///   sizes.
  public func prolongStencils(
    _ coarse: ResidualNetwork, by rule: StencilRule = .linear, includingStem: Bool = true
  ) throws {
    try takeStencils(of: coarse, by: rule, includingStem, isFiner: true)
  }

  /// Takes the weights of the same network for inputs of twice the resolution; the inverse of
  /// ``prolongStencils(_:by:includingStem:)``.
  public func restrictStencils(
    _ fine: ResidualNetwork, by rule: StencilRule = .linear, includingStem: Bool = true
  ) throws {
    try takeStencils(of: fine, by: rule, includingStem, isFiner: false)
  }

  private func takeStencils(
    of other: ResidualNetwork, by rule: StencilRule, _ includesStem: Bool, isFiner: Bool
  ) throws {
    guard other.parameters.all.map(\.path) == parameters.all.map(\.path) else {
      throw OptionError(
        "initialize-from", "another network", "stencils need the same layers in both networks")
    }
    // Checked before anything is changed.
    let values = try zip(parameters.all, other.parameters.all).map { mine, its in
      guard mine.value.shape == its.value.shape else {
        throw OptionError(
          "initialize-from", mine.path, "has shape \(mine.value.shape), there \(its.value.shape)")
      }
      let isInside =
        mine.path.hasPrefix("stages.") || (includesStem && mine.path.hasPrefix("stem."))
      guard mine.isTrainable, isInside, let axes = try mine.tapAxes() else {
        return try its.value.detached()
      }
      return try rule.applied(to: its.value, axes: axes, isFiner: isFiner)
    }
    for (parameter, value) in zip(parameters.all, values) { try parameter.assign(value) }
  }
}

extension Parameter {
  /// How many of the last axes are three taps; nil where there are no taps or single ones.
  fileprivate func tapAxes() throws -> Int? {
    let shape = value.shape
    guard shape.count == 3 || shape.count == 4 else { return nil }
    let taps = shape[2...]
    // Coefficients of a scheme for each channel, [C, 1, 1], look like single taps.
    if taps.allSatisfy({ $0 == 1 }) || !path.hasSuffix("weight") { return nil }
    guard taps.allSatisfy({ $0 == 3 }) else {
      throw OptionError(
        "initialize-from", path,
        "only stencils of 1 or 3 taps have another resolution, not \(shape)")
    }
    return taps.count
  }
}
