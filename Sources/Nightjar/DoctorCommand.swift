import ArgumentParser
import Audio
import Datasets
import Experiments
import Foundation
import Networks
import Support
import Tensors

/// `nightjar doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the installation, and report how to fix problems.",
    discussion: "The exit code is 3 if something required is missing.")

  @OptionGroup var options: PluginOptions

  func run() throws {
    let host = try options.host()
    let findings = [
      MachineChecks.processor(host.device), MachineChecks.memory(host.device), MachineChecks.kernels(),
      ProgramChecks.sound(), ProgramChecks.speech(), ProgramChecks.figures(), ProgramChecks.exports(),
      ProgramChecks.prompt(),
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

/// The result of one check.
struct Finding: Encodable {
  enum State: String, Encodable {
    case ok
    /// Missing, but optional.
    case absent
    /// Missing and required.
    case missing
  }

  let state: State
  /// What was checked, in one word.
  let subject: String
  /// What was found, or what is missing.
  let detail: String
  /// How to fix it; empty when nothing is missing.
  var remedy = ""

  /// One line, and one more for the remedy.
  var text: String {
    let head = Self.padded(state.rawValue, 9) + Self.padded(subject, 11)
    return head + detail + (remedy.isEmpty ? "" : "\n" + String(repeating: " ", count: 20) + "→ " + remedy)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

/// Processor, memory, matrix kernels.
enum MachineChecks {
  static func processor(_ device: Device) -> Finding {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return Finding(
      state: .ok, subject: "processor", detail: "\(cores) cores, \(device.threads) threads in use")
  }

  static func memory(_ device: Device) -> Finding {
    let all = ByteCount(Int(clamping: ProcessInfo.processInfo.physicalMemory))
    return Finding(
      state: .ok, subject: "memory",
      detail: "\(all), tensor budget \(ByteCount(device.pool.budget))")
  }

  /// The kernels for matrix products, and what selected them.
  static func kernels() -> Finding {
    let coreType = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
    let reason = coreType.map { ", selected by OPENBLAS_CORETYPE=\($0)" } ?? ""
    return Finding(
      state: .ok, subject: "kernels",
      detail: "OpenBLAS with \(BlasKernels.name) kernels\(reason), functions with \(VectorInstructions.name)")
  }
}

/// Libraries and programs that nightjar uses.
enum ProgramChecks {
  static func sound() -> Finding {
    let version = SoundLibrary.version
    guard SoundLibrary.writes(.opus) else {
      return Finding(
        state: .absent, subject: "sound", detail: "\(version), without opus",
        remedy: "install libsndfile 1.0.29 or later with opus support; MSWC's clips are opus files")
    }
    return Finding(state: .ok, subject: "sound", detail: "\(version), with wav, flac, ogg and opus")
  }

  static func exports() -> Finding {
    Finding(state: .ok, subject: "exports", detail: ModelFile.versions)
  }

  static func prompt() -> Finding {
    Finding(
      state: .ok, subject: "prompt",
      detail: "libedit \(LineEditor.version), history in \(UserFolder.state.path())")
  }

  static func speech() -> Finding {
    program(
      "espeak-ng", subject: "speech",
      remedy: "sudo apt install espeak-ng; without it, use recorded speech (--data DIR)")
  }

  static func figures() -> Finding {
    program(
      "gnuplot", subject: "figures",
      remedy: "sudo apt install gnuplot-nox; without it, figures are saved as text only")
  }

  private static func program(_ name: String, subject: String, remedy: String) -> Finding {
    guard let path = Subprocess.find(name) else {
      return Finding(state: .absent, subject: subject, detail: "\(name) is not on PATH", remedy: remedy)
    }
    do {
      let result = try Subprocess.run(path, ["--version"], work: name, hint: remedy)
      let version = String(decoding: result.output, as: UTF8.self).split(separator: "\n").first ?? ""
      guard result.status == 0, !version.isEmpty else {
        return Finding(state: .absent, subject: subject, detail: "\(path) fails", remedy: remedy)
      }
      let number = version.firstMatch(of: /[0-9]+(\.[0-9]+)+/).map { " \($0.output.0)" } ?? ""
      return Finding(state: .ok, subject: subject, detail: "\(name)\(number), \(path)")
    } catch {
      return Finding(state: .absent, subject: subject, detail: "\(error)", remedy: remedy)
    }
  }
}

/// The folders that nightjar reads and writes.
enum FolderChecks {
  /// Whether the shipped plugins exist, and whether all plugins load.
  static func plugins(_ host: ScriptHost) -> Finding {
    guard let shipped = host.shipped else {
      let error = MissingPluginsError()
      return Finding(
        state: .missing, subject: "plugins", detail: error.message.what, remedy: error.message.hint ?? "")
    }
    let all = host.library.survey(in: host.state)
    let broken = all.filter { if case .failure = $0.result { true } else { false } }
    let own = all.count { !Folder.isSame($0.entry.root, shipped) }
    let count = "\(shipped), \("plugin".counted(all.count))" + (own > 0 ? ", \(own) of them elsewhere" : "")
    guard let first = broken.first else {
      return Finding(state: .ok, subject: "plugins", detail: count + ", all load")
    }
    let isShipped = broken.contains { Folder.isSame($0.entry.root, shipped) }
    return Finding(
      state: isShipped ? .missing : .absent, subject: "plugins",
      detail: "\(count), \(broken.count) broken: \(first.entry.path)",
      remedy: "run `nightjar plugins list` for the errors")
  }

  static func data() -> Finding {
    folder(.data, subject: "data")
  }

  static func cache() -> Finding {
    folder(.cache, subject: "cache")
  }

  static func runs() -> Finding {
    let path = FileManager.default.currentDirectoryPath + "/runs"
    guard Folder.isWritable(path) else {
      return Finding(
        state: .absent, subject: "runs", detail: "\(path) is not writable",
        remedy: "run nightjar in another folder, or name one with --out")
    }
    let count = RunList(root: path).all().count
    return Finding(state: .ok, subject: "runs", detail: "\(path), \(count) run\(count == 1 ? "" : "s")")
  }

  private static func folder(_ folder: UserFolder, subject: String) -> Finding {
    let path = folder.path()
    guard Folder.isWritable(path) else {
      return Finding(
        state: .missing, subject: subject, detail: "\(path) is not writable",
        remedy: "make it writable, or set \(folder.variable) to a folder that is")
    }
    let size = Folder.exists(path) ? "\(ByteCount(Folder.size(path)))" : "empty"
    return Finding(state: .ok, subject: subject, detail: "\(path), \(size), \(free(path)) free")
  }

  /// The free space on the disk of the nearest folder that exists.
  private static func free(_ path: String) -> String {
    var folder = path
    while !Folder.exists(folder), folder.count > 1 { folder = folder.parentFolder }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return ByteCount((attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0).description
  }
}
