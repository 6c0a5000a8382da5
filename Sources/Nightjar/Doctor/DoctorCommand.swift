import ArgumentParser
import Experiments

/// `nightjar doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what is installed, what works, and what to do about the rest.",
    discussion: "It ends with 3 when something is missing that nightjar cannot do without.")

  @OptionGroup var options: PluginOptions

  func run() throws {
    let host = try options.host()
    let findings = [
      MachineChecks.processor(host.device), MachineChecks.memory(host.device), MachineChecks.kernels(),
      ProgramChecks.sound(), ProgramChecks.speech(), ProgramChecks.figures(), ProgramChecks.exports(),
      FolderChecks.plugins(host), FolderChecks.data(), FolderChecks.cache(), FolderChecks.runs(),
    ]
    let output = StandardOutput()
    if options.common.json {
      try output.json(findings)
    } else {
      for finding in findings { try output.line(finding.text) }
    }
    if findings.contains(where: { $0.state == .missing }) { throw ExitCode.data }
  }
}
