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
  }

  /// The facts in one line.
  var description: String {
    [
      order.map { "order \($0)" } ?? "no order",
      "\(evaluationsPerStep) evaluation\(evaluationsPerStep == 1 ? "" : "s") per step",
      statesCarried.map { "\($0) state\($0 == 1 ? "" : "s") carried" } ?? "all states carried",
      isReversible ? "reversible" : "not reversible",
      String(
        format: "stable for real h lambda in [-%.4g, 0], imaginary up to %.4g i",
        realStabilityLimit, imaginaryStabilityLimit),
    ].joined(separator: ", ")
  }
}
