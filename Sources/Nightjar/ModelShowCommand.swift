import ArgumentParser
import Experiments
import Figures
import Networks
import Support

/// `nightjar model show FILE`.
struct ModelShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the tensors of a state file: names, shapes, types, sizes.",
    discussion:
      """
      Reads safetensors, NumPy's npz and npy, and PyTorch's .pt, .pth and .ckpt, of states, checkpoints and whole \
      modules; code in them is never executed. What cannot be used as a tensor is named below the table.
      """
  )

  @Argument(
    help: ArgumentHelp("A state file.", valueName: "file"),
    completion: .file(extensions: StateFile.extensions))
  var file: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let entries = try StateFile.read(file, on: common.device).entries
    let rows = entries.compactMap(Row.init).sorted { $0.name < $1.name }
    let output = StandardOutput()
    let problems = entries.compactMap { entry in
      entry.problem.map {
        "\(entry.name.printable(limit: 200)) cannot be used: \($0.reason.what.printable(limit: 400))"
      }
    }
    defer { for problem in problems { common.console.warn(problem) } }
    if common.json { return try output.json(rows) }
    let bytes = entries.reduce(0) { $0 + ($1.tensor?.byteCount ?? 0) }
    let table = ResultTable(
      columns: [.init("name"), .init("shape"), .init("type"), .init("values")],
      rows: rows.map {
        let type = $0.stored == $0.type ? $0.type : "\($0.type) (\($0.stored) in the file)"
        return [.text($0.name), .text("\($0.shape)"), .text(type), .number(Double($0.values))]
      },
      caption: "\("tensor".counted(rows.count)), \("value".counted(rows.sum(\.values))), "
        + "\("parameter".counted(rows.sum(\.parameters))), \(ByteCount(bytes)) in memory")
    try output.write(table.text)
  }

  fileprivate struct Row: Encodable {
    let name: String
    let shape: [Int]
    let type: String
    /// The type in the file.
    let stored: String
    let values: Int
    /// The number of learned values: not integers, not batch norm's running statistics, and not what a module has
    /// beside its state.
    let parameters: Int

    /// Nil for an entry that is no tensor.
    init?(_ entry: StateValue.Entry) {
      guard case .tensor(let tensor, let stored) = entry.content else { return nil }
      // Names in a file may contain control characters.
      name = entry.name.isEmpty ? "(the tensor itself)" : entry.name.printable(limit: 200)
      shape = tensor.shape
      type = tensor.dtype.rawValue
      self.stored = stored.rawValue
      values = tensor.count
      let isStatistic = ["running_mean", "running_var"].contains { entry.name.hasSuffix($0) }
      parameters = tensor.dtype == .float32 && !isStatistic && !entry.isAttribute ? values : 0
    }
  }
}

extension [ModelShowCommand.Row] {
  fileprivate func sum(_ count: (Element) -> Int) -> Int { reduce(0) { $0 + count($1) } }
}
