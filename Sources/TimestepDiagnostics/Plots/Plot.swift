/// A picture of one or more tables of a diagnostic, from which a Vega-Lite v5 specification is made.
///
/// ```swift
/// Plot("gradient-ratios", "Gradient-norm ratios", layers: [
///   .init(.line(points: true), of: "gradient-ratios",
///         x: .column("block"), y: .column("ratio", scale: .log), color: .column("epoch", .ordinal))
/// ])
/// ```
/// Titles of axes and legends are the columns' own, with their units.
public struct Plot: Sendable, Codable, Hashable {
  /// The shape that a row, or the rows of a group, are drawn as.
  public enum Mark: Sendable, Codable, Hashable {
    /// A line through the rows of each colour and detail; through points too, or dashed.
    case line(points: Bool = false, dashed: Bool = false)
    /// A symbol.
    case point(filled: Bool = true, size: Double = 56)
    /// A bar.
    case bar
    /// A line across the plot, or from x to x2, y to y2.
    case rule(dashed: Bool = false)
    /// The surface below a line, or between y and y2.
    case area(opacity: Double = 0.25)
    /// A rectangle of a grid; edges by x, x2, y, y2, or one for each value of ordinal axes.
    case rectangle(opacity: Double = 1)
    /// The text of the channel `text`.
    case label
  }

  /// How numbers become places or colours.
  public enum Scale: String, Sendable, Codable, Hashable {
    case linear, log, symlog, sqrt
  }

  /// What the values of a channel are.
  public enum Measure: String, Sendable, Codable, Hashable {
    case quantitative, ordinal, nominal
  }

  /// What decides on a place, a colour, a form.
  public struct Channel: Sendable, Codable, Hashable {
    /// The column; nil where one value serves all rows.
    public var column: String?
    /// The value in the units of the axis that serves all rows, such as the 1 of a reference line.
    public var datum: JSONValue?
    /// The value as it is drawn, such as the colour `red`; it belongs to no scale and no legend.
    public var value: JSONValue?
    /// The measure; nil for that of the column's kind.
    public var measure: Measure?
    /// The scale.
    public var scale: Scale = .linear
    /// The ends of the scale, or the order of the categories; nil where the data decides.
    public var domain: [JSONValue]?
    /// Whether a linear scale contains 0.
    public var includesZero = false
    /// The title; nil for the column's own with its unit.
    public var title: String?
    /// A colour scheme of Vega, such as `viridis`.
    public var colorScheme: String?
    /// The colours of the domain's values, one for each; nil for those of the scheme.
    public var colors: [String]?
    /// Whether a legend or axis is drawn.
    public var isShown = true

    /// A channel that a column decides on.
    public static func column(
      _ column: String, _ measure: Measure? = nil, scale: Scale = .linear,
      domain: [JSONValue]? = nil, includesZero: Bool = false, title: String? = nil,
      colorScheme: String? = nil, colors: [String]? = nil, isShown: Bool = true
    ) -> Channel {
      Channel(
        column: column, measure: measure, scale: scale, domain: domain,
        includesZero: includesZero, title: title, colorScheme: colorScheme, colors: colors,
        isShown: isShown)
    }

    /// A channel with one value for all rows: a number on an axis, or the name of a legend's entry.
    public static func datum(_ value: JSONValue) -> Channel { Channel(datum: value) }

    /// A channel that is drawn as it is said: `.value("red")`.
    public static func value(_ value: JSONValue) -> Channel { Channel(value: value) }
  }

  /// Rows of one table drawn as one mark; layers lie on each other and share axes.
  public struct Layer: Sendable, Codable, Hashable {
    /// The mark.
    public var mark: Mark
    /// The name of the table.
    public var table: String
    /// An expression of Vega over `datum` that rows have to fulfil.
    public var filter: String?
    public var x, y, x2, y2: Channel?
    public var color: Channel?
    public var shape: Channel?
    public var dash: Channel?
    public var text: Channel?
    /// Divides rows into lines without another colour.
    public var detail: String?
    /// The order in which a line joins its rows, if not that of x.
    public var order: String?

    /// Describes a layer.
    public init(
      _ mark: Mark, of table: String, filter: String? = nil, x: Channel? = nil, y: Channel? = nil,
      x2: Channel? = nil, y2: Channel? = nil, color: Channel? = nil, shape: Channel? = nil,
      dash: Channel? = nil, text: Channel? = nil, detail: String? = nil, order: String? = nil
    ) {
      self.mark = mark
      self.table = table
      self.filter = filter
      (self.x, self.y, self.x2, self.y2) = (x, y, x2, y2)
      (self.color, self.shape, self.dash, self.text) = (color, shape, dash, text)
      (self.detail, self.order) = (detail, order)
    }
  }

  /// Small multiples: one picture for each value of a column, which every layer's table has.
  public struct Facet: Sendable, Codable, Hashable {
    /// The column.
    public var column: String
    /// Pictures in a row.
    public var columns: Int
    /// Whether each picture has an x axis of its own; nil for no.
    public var independentX: Bool?
    /// Whether each picture has a y axis of its own.
    public var independentY: Bool

    /// Describes small multiples.
    public init(
      _ column: String, columns: Int = 4, independentX: Bool? = nil, independentY: Bool = false
    ) {
      self.column = column
      self.columns = columns
      self.independentX = independentX
      self.independentY = independentY
    }
  }

  /// The key among the plots of a diagnostic, and the name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// Lines below the title, such as the network and the data.
  public var subtitle: [String]
  /// What is drawn, from the lowest on.
  public var layers: [Layer]
  /// Small multiples; nil for one picture.
  public var facet: Facet?
  /// Width in pixels, of one of the small multiples where there are some.
  public var width: Double
  /// Height in pixels.
  public var height: Double

  /// Describes a plot.
  public init(
    _ name: String, _ title: String, subtitle: [String] = [], layers: [Layer],
    facet: Facet? = nil, width: Double = 640, height: Double = 360
  ) {
    self.name = name
    self.title = title
    self.subtitle = subtitle
    self.layers = layers
    self.facet = facet
    self.width = width
    self.height = height
  }
}
