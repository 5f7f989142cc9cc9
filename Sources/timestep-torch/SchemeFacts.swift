import Foundation
import TimeStepping

/// What a scheme declares of itself.
struct SchemeFacts: Encodable {
  let name: String
  let updateEquation: String
  let discretises: String
  let order: Int?
  let evaluationsPerStep: Int
  let statesCarried: Int?
  let isReversible: Bool
  let realStabilityLimit: Double
  let imaginaryStabilityLimit: Double
  let timeScale: Double
  let consistentFor: String

  init(_ scheme: any Scheme) {
    name = scheme.name
    updateEquation = scheme.updateEquation
    discretises = scheme.equation.rawValue
    order = scheme.order
    evaluationsPerStep = scheme.evaluationsPerStep
    statesCarried = scheme.statesCarried
    isReversible = scheme is any ReversibleScheme
    realStabilityLimit = scheme.realStabilityLimit
    imaginaryStabilityLimit = scheme.imaginaryStabilityLimit
    timeScale = scheme.timeScale
    consistentFor = scheme.consistentFor.rawValue
  }

  /// The facts in one line.
  var description: String {
    [
      order.map { "order \($0)" } ?? "no order",
      "\(evaluationsPerStep) evaluation\(evaluationsPerStep == 1 ? "" : "s") per step",
      statesCarried.map { "\($0) state\($0 == 1 ? "" : "s") carried" } ?? "all states carried",
      isReversible ? "reversible" : "not reversible",
      "stable for " + limit(realStabilityLimit, "real h lambda") { "in [-\($0), 0]" },
      limit(imaginaryStabilityLimit, "imaginary h lambda") { "up to \($0) i" },
      timeScale == 1
        ? nil : String(format: "time scale %.4g: %.4g u' = f(u)", timeScale, timeScale),
      consistentFor == FieldClass.every.rawValue ? nil : "for fields with \(consistentFor)",
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// A limit in words: none, all, or up to a number.
  private func limit(_ value: Double, _ what: String, _ range: (String) -> String) -> String {
    if value == 0 { return "no \(what)" }
    return value.isInfinite ? "all \(what)" : "\(what) \(range(String(format: "%.4g", value)))"
  }
}
