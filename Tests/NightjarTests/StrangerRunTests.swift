import Foundation
import Testing

/// Runs whose files somebody else has written: numbers and texts that this program never writes.
@Suite struct StrangerRunTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write("require('nightjar').run.log('loss', 1, 1)", to: "s.lua")
    _ = try sandbox.run("s.lua", "--out", "runs/r")
  }

  private func replace(_ old: String, _ new: String, in file: String) throws {
    let text = sandbox.read("runs/r/" + file)
    try #require(text.contains(old), "\(file): \(text)")
    try sandbox.write(text.replacingOccurrences(of: old, with: new), to: "runs/r/" + file)
  }

  /// Every command that reads runs ends with a code of its own.
  private func readsTheRun() throws {
    for arguments in [
      ["runs", "list"], ["runs", "show", "r"], ["runs", "compare", "r", "r"],
      ["report", "r", "--overwrite"],
    ] {
      let end = try sandbox.run(arguments)
      #expect((0...4).contains(end.status), "\(arguments): \(end.status) \(end.errors)")
      let controls = end.output.unicodeScalars.filter {
        $0.properties.generalCategory == .control && $0 != "\n"
      }
      #expect(controls.isEmpty, "\(arguments): \(end.output)")
    }
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "2147483648"])
  func anExitCodeMayBeAnyNumber(_ code: String) throws {
    try replace("\"exitCode\" : 0", "\"exitCode\" : \(code)", in: "outcome.json")
    try readsTheRun()
  }

  @Test(arguments: [
    "loss,1,1e308\nloss,2,-1e308\n", "loss,9223372036854775807,1\nloss,-9223372036854775808,2\n",
    "loss,1,5e-324\nloss,2,0\n", "loss,1,1e308\nloss,2,1.7e308\n", "loss,1,nan\nloss,2,inf\n",
  ])
  func scalarsMayBeAnyNumbers(_ rows: String) throws {
    try sandbox.write("name,step,value\n" + rows, to: "runs/r/scalars.csv")
    try readsTheRun()
  }

  @Test func textsAreShownWithTheirEscapes() throws {
    try sandbox.write("name,step,value\nl\u{1b}[8moss,1,1\n", to: "runs/r/scalars.csv")
    try replace("\"host\" : \"", "\"host\" : \"\\u001b[8m\\r\\n", in: "settings.json")
    try readsTheRun()
    let shown = try sandbox.run("runs", "show", "r").output
    #expect(shown.contains("l\\u{1b}[8moss") && shown.contains("\\u{1b}[8m\\u{d}\\n"), "\(shown)")
  }
}
