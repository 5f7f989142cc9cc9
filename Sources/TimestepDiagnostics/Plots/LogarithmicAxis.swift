import Foundation

/// Which numbers a logarithmic axis shows, and how they are written.
///
/// ```
/// range of the numbers        ticks, grid lines and labels
/// from two powers of ten on   powers of ten
/// from one                    1, 2 and 5 times powers of ten
/// less                        as many as leave some in the picture
/// ```
/// Numbers below 0.01 and from 10,000 on are written as `1e-3`, others as `0.01`; whole numbers always in full.
struct LogarithmicAxis {
  /// The ticks that are left of the usual ones.
  private enum Ticks {
    case powersOfTen, oneTwoFive, all
    case listed([Double])
  }

  private let ticks: Ticks

  /// Decides by the numbers of each picture that has the axis for itself, or of all together.
  init(_ pictures: [[Double]]) {
    let ranges = pictures.compactMap { numbers in
      let positive = numbers.filter { $0.isFinite && $0 > 0 }
      return positive.min().flatMap { low in positive.max().map { (low: low, high: $0) } }
    }
    // The picture with the smallest range is the one in which ticks may be missing.
    let sizes = ranges.map { $0.high / $0.low }.filter { $0 > 1 }
    let smallest = sizes.min() ?? 1
    if smallest >= 100 || (smallest >= 10 && (sizes.max() ?? 1) >= 1e4) {
      ticks = .powersOfTen
    } else if smallest >= 10 {
      ticks = .oneTwoFive
    } else if ranges.count == 1, let range = ranges.first {
      ticks = .listed(Self.numbers(from: range.low, to: range.high))
    } else {
      ticks = .all
    }
  }

  /// Round numbers of a range of less than a power of ten, of which 1, 2 and 5 would leave too few.
  private static func numbers(from low: Double, to high: Double) -> [Double] {
    let ten = pow(10, log10(low).rounded(.down))
    let places = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]
    return (places + places.map { 10 * $0 }).map { $0 * ten }
      .filter { 0.9 * low <= $0 && $0 <= 1.1 * high }
  }

  /// The axis in Vega-Lite.
  func specification(isInteger: Bool) -> [String: JSONValue] {
    let number = "datum.value"
    let text =
      isInteger
      ? "format(\(number), ',~r')"
      : "\(number) < 0.01 || \(number) >= 10000 ? replace(format(\(number), '~e'), '+', '') : "
        + "format(\(number), '~g')"
    let exponent = "log(\(number)) / LN10"
    let test: String
    switch ticks {
    case .listed(let numbers):
      return ["values": .array(numbers.map { .number($0) }), "labelExpr": .text(text)]
    case .all: return ["labelExpr": .text(text)]
    case .powersOfTen: test = "abs(\(exponent) - round(\(exponent))) < 1e-6"
    case .oneTwoFive:
      let digit = "\(number) / pow(10, floor(\(exponent) + 1e-6))"
      test = "indexof([1, 2, 5], round(1e6 * \(digit)) / 1e6) >= 0"
    }
    let isSeen: JSONValue = ["condition": ["test": .text(test), "value": 1], "value": 0]
    return [
      "gridOpacity": isSeen, "tickOpacity": isSeen,
      "labelExpr": .text("\(test) ? (\(text)) : ''"),
    ]
  }
}

extension Plot {
  /// The logarithmic axes, by `x` and `y`.
  func logarithmicAxes(_ tables: [DiagnosticTable]) throws -> [String: LogarithmicAxis] {
    var axes: [String: LogarithmicAxis] = [:]
    for (key, paths) in [("x", [\Layer.x, \Layer.x2]), ("y", [\Layer.y, \Layer.y2])] {
      guard layers.contains(where: { $0[keyPath: paths[0]]?.scale == .log }) else { continue }
      let isIndependent =
        key == "x" ? facet?.independentX == true : facet?.independentY == true
      // A given domain is the range, whatever is drawn.
      if let domain = layers.compactMap({ $0[keyPath: paths[0]]?.domain }).first {
        axes[key] = LogarithmicAxis([domain.compactMap(\.number)])
        continue
      }
      var pictures: [TableValue: [Double]] = [:]
      for layer in layers {
        let table = try table(layer.table, in: tables)
        let panels = isIndependent ? try facet.map { try entries($0.column, of: table) } : nil
        for channel in paths.compactMap({ layer[keyPath: $0] }) {
          if let name = channel.column {
            for (row, number) in table.numbers(name).enumerated() {
              pictures[panels?[row] ?? .missing, default: []].append(number)
            }
          }
          if !isIndependent, let datum = channel.datum?.number {
            pictures[.missing, default: []].append(datum)
          }
        }
      }
      axes[key] = LogarithmicAxis(Array(pictures.values))
    }
    return axes
  }

  private func entries(_ name: String, of table: DiagnosticTable) throws -> [TableValue] {
    table[try column(name, of: table).name]
  }
}

extension JSONValue {
  /// The number, nil where it is none.
  fileprivate var number: Double? { if case .number(let number) = self { number } else { nil } }
}
