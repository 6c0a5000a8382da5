import ArgumentParser
import Experiments
import Foundation
import Support

/// `nightjar ui`.
struct UICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ui",
    abstract: "Look at runs in a browser: live curves, comparisons; start, stop and resume benches.",
    discussion: """
      Prints an address of this machine, which only works with its random token, until Ctrl-C. Benches that were \
      started in the browser go on after it.

      On another machine, forward the port and open the printed address: ssh -L 6174:127.0.0.1:6174 HOST
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The port; 0 for any free one (default: 6174, or any free one).", valueName: "n"),
    transform: IntegerArgument.within(0...65_535))
  var port: Int?

  @OptionGroup var options: RunsOptions

  /// Where the view is found unless another program has the port.
  private static let defaultPort: UInt16 = 6174

  func run() throws {
    let ports: [UInt16] = port.map { [UInt16($0)] } ?? [Self.defaultPort, 0]
    for port in ports {
      do { return try serve(port) } catch let error as LiveViewError {
        if port == ports.last { throw error }
      }
    }
  }

  private func serve(_ port: UInt16) throws {
    let console = options.common.console
    let isJSON = options.common.json
    let view = try LiveView(options.catalog, port: port)
    let remainder = try view.serveUntilInterrupted { address in
      let output = StandardOutput()
      if isJSON { return try output.json(["address": address]) }
      try output.line(address)
      console.say("open this address in a browser; Ctrl-C ends the view")
    }
    for bench in remainder.notStarted { console.warn("not started: \(bench)") }
    if remainder.running > 0 {
      let benches = "bench".counted(remainder.running, plural: "benches")
      console.say(
        "\(benches) still running: \(remainder.running == 1 ? "it goes" : "they go") on without the view")
    }
  }
}
