/// A function of `nj.plot`: its arguments, and how the figure is made of them.
package struct PlotDeclaration: Sendable {
  /// An option besides the data that is an integer.
  package struct IntegerOption: Sendable {
    package let name: String
    package let range: ClosedRange<Int>
  }

  package let name: String
  package let summary: String
  /// The fields with data: columns of rows, or values of each series.
  package let fields: [String]
  /// Whether there may be several series.
  package let hasSeries: Bool
  package let options: [IntegerOption]
  /// Fields whose values are summarised before they are drawn: of all others each value is drawn, so that there are no
  /// more of them than a figure holds.
  package let summarised: Set<String>
  package let make: @Sendable (any PlotData) throws -> Figure

  init(
    _ name: String, _ summary: String, fields: [String], hasSeries: Bool = true,
    options: [IntegerOption] = [], summarised: Set<String> = [],
    make: @escaping @Sendable (any PlotData) throws -> Figure
  ) {
    self.name = name
    self.summary = summary
    self.fields = fields
    self.hasSeries = hasSeries
    self.options = options
    self.summarised = summarised
    self.make = make
  }
}

/// One series of a plot's data.
package struct PlotSeries: Sendable {
  package let name: String
  /// How errors name it, such as `series 'ridge': `; empty for a series alone.
  package let label: String
  /// Its index in ``PlotData/series(main:)``.
  package let index: Int

  package init(name: String, label: String, index: Int) {
    self.name = name
    self.label = label
    self.index = index
  }
}

/// A script's data for one plot, in any of its forms: one series, several, or rows.
///
/// Every function throws an error that names the plot, the series and the field.
package protocol PlotData {
  /// The function's name, for errors.
  var plot: String { get }
  /// Title, labels, ranges and legend.
  var options: PlotOptions { get }
  /// Rows of named values; nil when the data is not given as rows.
  var rows: [[String: Figure.Cell]]? { get throws }
  /// The name of a field's column, when the data is given as rows.
  func column(_ field: String) throws -> String?
  /// All series.
  ///
  /// - Parameter main: the field that a bare list is for.
  func series(main: String) throws -> [PlotSeries]
  /// The numbers of a field; nil when it was left out.
  func numbers(_ field: String, of series: PlotSeries) throws -> [Double]?
  /// The labels of a field, text or numbers; nil when it was left out.
  func labels(_ field: String, of series: PlotSeries) throws -> [String]?
  /// A field of rows of numbers, all of one length; nil when it was left out.
  func matrix(_ field: String, of series: PlotSeries) throws -> [[Double]]?
  /// The mean and the 5th and 95th percentile at each point of a field of runs (run, point); nil when it was left out.
  func band(_ field: String, of series: PlotSeries) throws -> Band?
  /// An option that is an integer; nil when it was left out.
  func integer(_ option: String) -> Int?
}

extension PlotData {
  /// The numbers of a field that is required.
  func required(_ field: String, of series: PlotSeries) throws -> [Double] {
    if let numbers = try numbers(field, of: series) { return numbers }
    throw FigureError.missingField(
      plot: plot, series: series.label, field: field, expected: "expected a list of numbers or a tensor")
  }

  /// - Throws: ``FigureError`` unless two fields of a series are equally long.
  func checkLengths(
    _ series: PlotSeries, _ field: String, _ count: Int, equal other: String, _ expected: Int
  ) throws(FigureError) {
    guard count != expected else { return }
    throw .fieldLengths(
      plot: plot, series: series.label, field: field, of: other, count: count, expected: expected)
  }

  /// The options, with the columns' names on axes that have no label.
  func labeledOptions() throws -> PlotOptions {
    var options = self.options
    guard try rows != nil else { return options }
    if options.xLabel.isEmpty { options.xLabel = try column("x") ?? "" }
    if options.yLabel.isEmpty { options.yLabel = try column("y") ?? "" }
    return options
  }
}
