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
      "Reads safetensors, NumPy's npz and npy, and PyTorch's .pt, .pth and .ckpt; code in them is never executed."
  )

  @Argument(
    help: ArgumentHelp("A state file.", valueName: "file"),
    completion: .file(extensions: ["safetensors", "npz", "npy", "pt", "pth", "ckpt"]))
  var file: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let tensors = try StateFile.read(file, on: common.device).tensors
    let rows = tensors.map(Row.init).sorted { $0.name < $1.name }
    let output = StandardOutput()
    if common.json { return try output.json(rows) }
    let bytes = tensors.reduce(0) { $0 + $1.tensor.byteCount }
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
    /// The number of learned values: not integers, and not batch norm's running statistics.
    let parameters: Int

    init(_ entry: StateValue.Entry) {
      // Names in a file may contain control characters.
      name = entry.name.isEmpty ? "(the tensor itself)" : entry.name.printable(limit: 200)
      shape = entry.tensor.shape
      type = entry.tensor.dtype.rawValue
      stored = entry.stored.rawValue
      values = entry.tensor.count
      let isStatistic = ["running_mean", "running_var"].contains { entry.name.hasSuffix($0) }
      parameters = entry.tensor.dtype == .float32 && !isStatistic ? values : 0
    }
  }
}

extension [ModelShowCommand.Row] {
  fileprivate func sum(_ count: (Element) -> Int) -> Int { reduce(0) { $0 + count($1) } }
}
