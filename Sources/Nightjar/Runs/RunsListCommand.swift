import ArgumentParser
import Experiments
import Support

/// `nightjar runs list`.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all runs with their learners, the newest last.",
    discussion: """
      Columns: \(RunTable.columns.joined(separator: ", ")), and every option, such as recipe.epochs. The column \
      options has what was given and is not the default.
      """)

  @OptionGroup var conditions: ConditionOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Sort by a column, the smallest first; by -COLUMN, the largest.", valueName: "column"))
  var sort: String?

  @Option(name: .long, help: ArgumentHelp("The columns to display.", valueName: "names"))
  var columns: WordList?

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("Only the last rows.", valueName: "n"),
    transform: IntegerArgument.within(1...1_000_000))
  var last: Int?

  @Flag(name: .customLong("json-lines"), help: "Print the rows as one JSON object a line.")
  var jsonLines = false

  @OptionGroup var options: RunsOptions

  func validate() throws { try options.common.requireOneFormat(jsonLines: jsonLines) }

  func run() throws {
    var table = RunTable()
    table.conditions = conditions.conditions
    table.isDescending = sort?.hasPrefix("-") == true
    table.order = sort.map { String($0.drop { $0 == "-" }) }
    table.limit = last
    if let columns { table.columns = columns.words }
    let catalog = options.catalog
    let rows = try catalog.reading { try table.rows(of: $0, in: catalog) }
    let output = StandardOutput()
    if options.common.json { return try output.json(rows) }
    if jsonLines { return try output.write(String(decoding: JSONLines.encode(rows), as: UTF8.self)) }
    if rows.isEmpty {
      let reason = conditions.conditions.isEmpty ? "" : " meet all conditions"
      return options.common.console.say("no runs in \(options.root)\(reason)")
    }
    try output.write(table.table(rows).text)
  }
}
