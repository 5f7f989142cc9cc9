import TimeStepping

/// All experiments by id; a new one is one file and one line here.
public enum ExperimentCatalog {
  /// The experiments by source, in the order of their figures.
  public static let all: [any Experiment] = robust + linearMultistep + lecture + procrustes

  /// Towards Robust ResNet.
  static let robust: [any Experiment] = [
    EulerStepSizes(),
    NormsDuringTraining.secondLayer,
    AccuracyAgainstDepth(),
    AccuracyAgainstRate.veryDeep,
    AccuracyWithoutNormalization(),
    AccuracyAgainstRate.veryDeepWithAdam,
    TwoMoonStates.plain,
    TwoMoonStates.normalized,
    AccuracyAgainstNoise(),
    AccuracyAgainstStepSize(),
    NormsDuringTraining.deepest,
    NormsDuringTraining.deep,
    AccuracyAgainstRate.twoDepths,
    AccuracyByEpoch(),
    AccuracyAgainstRate.texts,
    AccuracyAgainstRate.twoDepthsWithAdam,
    AccuracyByInitialization(),
    NoisePictures(),
    BackwardBound(),
    ForwardBound(),
    RelativeSteps(),
  ]

  /// Beyond Finite Layer Neural Networks.
  static let linearMultistep: [any Experiment] = [
    NetworkSchematics(),
    NetworksAsSchemes(),
    MultistepErrorAgainstDepth(),
    MultistepTable(),
    LargeImageTable(),
    ResNeXtCurves(),
    TrainedMultistepCoefficients(),
    MultistepStochasticDepth(),
    StochasticDepthCurves(),
    MultistepCompression(),
    SchemesAtEqualCost(),
    SchemeOrders(),
    MultistepStability(),
    ModifiedEquations(),
    MomentumAcceleration(),
    ShakeShakeSteps(),
    StochasticDepthSteps(),
    NoiseInjection(),
    DroppedBlocks(),
    ReversibleSchemes(),
    HistoryAtBoundaries(),
    DenseMultistepNetworks(),
  ]

  /// The lecture Residual Neural Networks.
  static let lecture: [any Experiment] = [
    EulerODE(),
    EigenvalueRules(),
    TestEquation(),
    PathPlanning(),
    Landscape(part: .objective),
    Landscape(part: .inputs),
    Antisymmetric(),
    HeunTheta(),
    SmoothObjective(),
    PeaksRegressionSchemes(),
    Segmentation(),
    PointClassification(),
    TimeRegularity(),
    MultilevelStart(),
    StencilResolutions(),
    VariableProjectionWork(),
    PDENetworks(),
    DerivativeChecks(),
  ]

  /// Norm-Preservation.
  static let procrustes: [any Experiment] = [
    NetworkDiagrams(),
    ConvolutionRatioMap(),
    RatiosDuringTraining(),
    TrainingCurvesByNetwork(),
    GeneralizationGaps(),
    ErrorTable(),
    ErrorAgainstParameters(),
    TransitionTable(),
    ProjectionOverhead(),
    NonlinearNetworks(),
    LinearNetworks(),
    WeightNormBound(),
    SingularValueShift(),
    FourierSingularValues(),
    ProjectionProperties(),
    InitialRatios(),
  ]

  /// The experiments of ids, or of the names of groups; `all` for every one.
  ///
  /// - Throws: `UnknownNameError` with the nearest name.
  public static func experiments(named names: [String]) throws -> [any Experiment] {
    var result: [any Experiment] = []
    for name in names {
      let found = all.filter { name == "all" || $0.id == name || $0.group?.rawValue == name }
      guard !found.isEmpty else {
        throw UnknownNameError(
          kind: "experiment", name: name,
          known: all.map(\.id) + ExperimentGroup.allCases.map(\.rawValue) + ["all"])
      }
      result += found.filter { one in !result.contains { $0.id == one.id } }
    }
    return result
  }
}
