import TimestepDiagnostics

/// The plot of a sweep: the numeric option with most values along x, the next one as colour, the third as small multiples.
/// Options that the others decide on, as a rate that was given with each batch size, are left out.
struct SweepPlot {
  let plot: Plot

  /// Nil where nothing differs, or more options than a plot can show.
  init?(_ trials: TrialOutcomes, _ measure: DiagnosticTable.Column) {
    var axes = trials.axes
    let places = Set(trials.all.map(\.trial.values)).count
    for axis in axes.reversed() {
      let rest = axes.filter { $0 != axis }
      let left = Set(trials.all.map { outcome in rest.map { trials.value($0.name, of: outcome) } })
      if left.count == places { axes = rest }
    }
    guard (1...3).contains(axes.count) else { return nil }
    func count(_ axis: DiagnosticTable.Column) -> Int {
      axis.kind == .text ? 0 : trials.values(axis.name).count
    }
    let x = axes.enumerated().max {
      (count($0.element), -$0.offset) < (count($1.element), -$1.offset)
    }
    guard let x else { return nil }
    let others = axes.filter { $0.name != x.element.name }
    let numbers = trials.values(x.element.name).compactMap(\.number)
    let isNumeric = x.element.kind != .text
    let ratio = (numbers.max() ?? 1) / (numbers.min() ?? 1)
    let place = Plot.Channel.column(
      x.element.name, isNumeric ? nil : .nominal, scale: isNumeric && ratio >= 20 ? .log : .linear)
    let color = others.first.map { Plot.Channel.column($0.name, .nominal) }
    let mark: Plot.Mark = isNumeric ? .line(points: true) : .point()
    plot = Plot(
      "sweep", "\(measure.title), median over seeds with one standard deviation",
      layers: [
        .init(.rule(), of: "sweep", x: place, y: .column("low"), y2: .column("high"), color: color),
        .init(mark, of: "sweep", x: place, y: .column(measure.name), color: color),
      ], facet: others.dropFirst().first.map { Plot.Facet($0.name, columns: 3) },
      width: others.count > 1 ? 280 : 560)
  }
}
