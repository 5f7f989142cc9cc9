import Foundation

extension Double {
  /// The number with nine digits, for files that grow by a row in every step.
  var digits: String { isFinite ? String(format: "%.9g", self) : isNaN ? "nan" : "\(self)" }

  /// The number with three digits, for people.
  var text: String { isFinite ? String(format: "%.3g", self) : isNaN ? "nan" : "\(self)" }
}
