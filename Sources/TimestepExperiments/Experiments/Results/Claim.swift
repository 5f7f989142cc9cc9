/// A statement of a source, and whether the numbers show it.
public struct Claim: Sendable, Codable, Hashable {
  /// What the numbers say about a claim.
  public enum Verdict: String, Sendable, Codable, Hashable {
    case shown
    case notShown = "not shown"
    case notTestable = "not testable at this size"
  }

  /// The statement, in a sentence.
  public var statement: String
  /// Whether it is shown.
  public var verdict: Verdict
  /// The numbers that decide.
  public var evidence: String

  /// Judges a statement; nil where the numbers do not decide.
  public init(_ statement: String, _ isShown: Bool?, _ evidence: String) {
    self.statement = statement
    verdict = isShown.map { $0 ? .shown : .notShown } ?? .notTestable
    self.evidence = evidence
  }
}

/// A number that the source prints, beside ours.
public struct PublishedNumber: Sendable, Codable, Hashable {
  /// What it is, e.g. `mean weight norm of layer 2, h = 1, first seed`.
  public var quantity: String
  /// The unit; nil for none.
  public var unit: String?
  /// The source's number.
  public var published: Double
  /// Ours, one for each seed; none where it was not measured.
  public var ours: [Double]

  /// Sets a number beside ours.
  public init(_ quantity: String, unit: String? = nil, published: Double, ours: [Double] = []) {
    self.quantity = quantity
    self.unit = unit
    self.published = published
    self.ours = ours
  }
}
