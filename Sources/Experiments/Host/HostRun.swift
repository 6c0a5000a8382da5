import Foundation
import Scripting
import Support

/// The run of one command: its options, and a folder that is made when something is first put in it.
///
/// Belongs to the thread that runs the script.
public final class HostRun: ScriptRun {
  public let settings: [(name: String, value: String)]
  private let options: HostOptions
  private let console: Console
  private let versions: [String: String]
  private var opened: RunFolder?
  /// Options that the script declared or looked at.
  private var known: Set<String> = []

  init(_ options: HostOptions, console: Console, versions: [String: String]) {
    self.options = options
    self.console = console
    self.versions = versions
    settings = options.settings
  }

  /// The folder, if anything was put in it.
  public var folderIfAny: RunFolder? { opened }

  /// The run's folder, made now if it is not there, with the settings in it.
  public func runFolder() throws -> RunFolder {
    if let opened { return opened }
    let folder: RunFolder
    if let out = options.out {
      try AtomicFile.makeFolder(out)
      if !options.isResumed { try? FileManager.default.removeItem(atPath: out + "/scalars.csv") }
      folder = try RunFolder(opening: out, console: console)
    } else {
      folder = try RunFolder.create(named: options.name, console: console)
    }
    opened = folder
    try folder.write(
      RunSettings(
        command: options.command, options: Dictionary(settings.map { ($0.name, $0.value) }) { $1 },
        seed: options.seed, versions: versions, started: Self.now()))
    return folder
  }

  public func folder() throws -> String { try runFolder().path }

  public func log(_ name: String, _ value: Double, step: Int) throws {
    try runFolder().log(name, value, step: step)
  }

  public func noteUse(ofSetting name: String) { known.insert(name) }

  /// What is odd about `--set` now that the script is done: options that it neither declared nor looked at.
  public var unusedSettings: [String] {
    settings.filter { !known.contains($0.name) }.map { setting in
      let hint = setting.name.nearest(in: known).map { "; did you mean \($0)?" } ?? ""
      return "--set \(setting.name)=\(setting.value) did nothing: the script has no such option\(hint)"
    }
  }

  /// Writes what is gathered in memory.
  func flush() throws { try opened?.scalars.flush() }

  private static func now() -> String {
    let format = ISO8601DateFormatter()
    format.timeZone = .current
    return format.string(from: Date())
  }
}
