import Foundation
import Scripting
import Support

/// The run of one command: its options, and its folder, which is created on first use.
///
/// Not thread-safe: it belongs to the thread that runs the script.
public final class HostRun: ScriptRun {
  public let settings: [(name: String, value: String)]
  private let options: HostOptions
  private let console: Console
  private let versions: [String: String]
  private var opened: RunFolder?
  /// The options that the script declared or read.
  private var known: Set<String> = []

  init(_ options: HostOptions, console: Console, versions: [String: String]) {
    self.options = options
    self.console = console
    self.versions = versions
    settings = options.settings
  }

  /// The folder; nil before its first use.
  public var folderIfAny: RunFolder? { opened }

  /// The run's folder, created with the settings on first use.
  ///
  /// - Throws: `FileError` when it cannot be created or written.
  public func runFolder() throws -> RunFolder {
    if let opened { return opened }
    let folder: RunFolder
    if let out = options.out {
      folder = try out.open(console: console)
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

  /// The path of ``runFolder()``.
  ///
  /// - Throws: `FileError` when it cannot be created or written.
  public func folder() throws -> String { try runFolder().path }

  /// Logs one scalar.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func log(_ name: String, _ value: Double, step: Int) throws {
    try runFolder().log(name, value, step: step)
  }

  /// Records that the script declared or read an option.
  public func noteUse(ofSetting name: String) {
    // Names that were not given only serve the hint of a warning.
    guard settings.contains(where: { $0.name == name }) || (known.count < 1000 && name.utf8.count <= 100)
    else { return }
    known.insert(name)
  }

  /// Warnings about `--set` options that the script neither declared nor read; complete once it has ended.
  public var unusedSettings: [ErrorMessage] {
    settings.filter { !known.contains($0.name) }.map { setting in
      ErrorMessage(
        "--set \(setting.name)=\(setting.value) has no effect: the script has no such option",
        hint: setting.name.nearest(in: known).map { "did you mean \($0)?" })
    }
  }

  /// Writes buffered scalars.
  func flush() throws { try opened?.scalars.flush() }

  private static func now() -> String {
    let format = ISO8601DateFormatter()
    format.timeZone = .current
    return format.string(from: Date())
  }
}
