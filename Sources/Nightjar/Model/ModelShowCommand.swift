import ArgumentParser
import Experiments
import Metrics
import Networks
import Tensors

/// `nightjar model show FILE.safetensors`.
struct ModelShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the tensors of a state file: names, shapes, types, sizes.")

  @Argument(
    help: ArgumentHelp("A safetensors file.", valueName: "file.safetensors"),
    completion: .file(extensions: ["safetensors"]))
  var file: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let tensors = try SafeTensors.read(file, on: common.device)
    let rows = tensors.sorted { $0.key < $1.key }.map(Row.init)
    let output = StandardOutput()
    if common.json { return try output.json(rows) }
    let values = rows.reduce(0) { $0 + $1.values }
    let bytes = tensors.values.reduce(0) { $0 + $1.byteCount }
    let table = ResultTable(
      columns: [.init("name"), .init("shape"), .init("type"), .init("values")],
      rows: rows.map { [.text($0.name), .text("\($0.shape)"), .text($0.type), .number(Double($0.values))] },
      caption: "\(rows.count) tensors, \(values) values, \(ByteCount(bytes))")
    try output.write(table.text)
  }

  private struct Row: Encodable {
    let name: String
    let shape: [Int]
    let type: String
    let values: Int

    init(name: String, tensor: Tensor) {
      (self.name, shape, type) = (name, tensor.shape, tensor.dtype.rawValue)
      values = tensor.count
    }
  }
}
