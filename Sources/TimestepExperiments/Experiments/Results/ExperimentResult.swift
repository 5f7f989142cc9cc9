import TimestepDiagnostics

/// What an experiment gives: tables and plots as of a diagnostic, claims, and the source's numbers beside ours.
public struct ExperimentResult: Sendable {
  /// Tables, plots and lines of text.
  public var figures: DiagnosticResult
  /// The source's statements.
  public var claims: [Claim]
  /// The source's numbers.
  public var published: [PublishedNumber]

  /// Joins the parts.
  public init(
    _ figures: DiagnosticResult, claims: [Claim] = [], published: [PublishedNumber] = []
  ) {
    self.figures = figures
    self.claims = claims
    self.published = published
  }

  /// Joins tables and plots with claims.
  public init(
    tables: [DiagnosticTable], plots: [Plot], summary: [String] = [], claims: [Claim] = [],
    published: [PublishedNumber] = []
  ) {
    self.init(
      DiagnosticResult(tables: tables, plots: plots, summary: summary), claims: claims,
      published: published)
  }
}
