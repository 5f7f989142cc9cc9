import TimestepDiagnostics

extension RatiosDuringTraining {
  /// Transitions of ProcResNet against those of ResNet, seed by seed.
  func transitions(_ context: ExperimentContext, _ ratios: FollowedRatios, _ n: Int) -> [Claim] {
    let (ours, theirs) = (ratios.of(.procResNet, n), ratios.of(.resNet, n))
    let pairs = ours.flatMap { mine in
      theirs.filter { $0.seed == mine.seed }.map {
        (mine.ratios.distance([.stem, .transition]), $0.ratios.distance([.transition]))
      }
    }
    let factor = n >= 6 ? 0.3 : 1
    let stems = ours.compactMap { $0.ratios.worst([.stem, .transition])?.path }
    return [
      context.claim(
        "n = \(n): transition blocks of ProcResNet are nearer to 1 than those of ResNet"
          + (factor < 1 ? ", by a factor of more than 3" : "") + ", in every seed",
        pairs.isEmpty ? nil : pairs.allSatisfy { $0 < factor * $1 },
        "|log r| \(Self.list(pairs.map(\.0))) against \(Self.list(pairs.map(\.1)))"),
      context.claim(
        "n = \(n): the stem is the worst transition of ProcResNet",
        stems.isEmpty ? nil : stems.allSatisfy { $0 == "stem" },
        "farthest from 1: \(stems.joined(separator: ", "))"),
    ]
  }

  /// The plain network: its ratios spread, and a deep one does not train.
  func plain(_ context: ExperimentContext, _ ratios: FollowedRatios, _ n: Int) -> [Claim] {
    let plain = ratios.of(.plain, n).map(\.ratios)
    var claims: [Claim] = []
    if n >= 6 {
      let ranges = plain.filter { $0.entries.count > 1 }
        .map { ($0.range(epoch: 0), $0.range(epoch: $0.entries.count - 1)) }
        .filter { $0.0.isFinite && $0.1.isFinite }
      claims.append(
        context.claim(
          "n = \(n): the range of the ratios of the plain network widens during training",
          ranges.isEmpty ? nil : ranges.allSatisfy { $0.1 > $0.0 },
          ranges.isEmpty
            ? "every training diverged in its first epoch"
            : ranges.map { "largest over smallest \($0.0.brief) at first, \($0.1.brief) at last" }
              .joined(separator: "; ")))
    }
    if n >= 9 {
      let outcomes = context.trials.of(.plain, n)
      claims.append(
        context.claim(
          "n = \(n): the plain network does not train",
          outcomes.isEmpty ? nil : outcomes.allSatisfy(\.endedFailed),
          "test accuracy "
            + outcomes.map { $0.hasDiverged ? "diverged" : $0.finalAccuracy.percent }
            .joined(separator: ", ")))
    }
    return claims
  }

  /// Identity blocks against depth.
  func identities(_ context: ExperimentContext, _ ratios: FollowedRatios) -> [Claim] {
    Procrustes.residual.compactMap { architecture in
      let byDepth = ratios.depths.map { n in
        ratios.of(architecture, n).map { $0.ratios.distance([.identity]) }.filter(\.isFinite)
          .median
      }
      guard byDepth.count > 1, let first = byDepth.first, let last = byDepth.last else {
        return nil
      }
      return context.claim(
        "\(architecture.rawValue): the deeper the network, the nearer to 1 are its identity blocks",
        last < first && zip(byDepth, byDepth.dropFirst()).allSatisfy { $1 < 1.1 * $0 },
        zip(ratios.depths, byDepth).map { "n = \($0): |log r| \($1.brief)" }
          .joined(separator: ", "))
    }
  }

  private static func list(_ numbers: [Double]) -> String {
    numbers.map(\.brief).joined(separator: ", ")
  }
}
