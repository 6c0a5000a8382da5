import Foundation
import Tensors

/// A script in a topic folder of `Tests/Lua/hostile`, with what its head comment declares:
///
///     -- what it tries, in one sentence
///     -- expect: time limit or memory limit    how it has to end; see ``Outcome``
///     -- message: text                         a part of the error message, without the position
///     -- limits: time=300ms lua-memory=64MiB   instead of the default ones
///     -- own process: reason                   it needs a process of its own, which the limit ends
///     -- keeps memory: reason                  what it made is released with the state, and not before
public struct HostileScript: Sendable, CustomStringConvertible {
  /// How a script ends.
  public enum Outcome: String, Sendable, CaseIterable {
    /// By the time limit of the script or of one call.
    case time = "time limit"
    /// By the limit on executed instructions.
    case instructions = "instruction limit"
    /// By the limit on Lua's memory, or on native memory.
    case memory = "memory limit"
    /// By the limit on output.
    case output = "output limit"
    /// By an error that names the script's file and line.
    case error
    /// At its last line, with all of its own assertions passed.
    case completion = "completes"
  }

  /// The topic folder and the file's name without its extension.
  public let name: String
  public let path: String
  /// The outcomes that are correct.
  public let expected: [Outcome]
  /// What the message has to contain.
  public let message: String?
  /// Limits that differ from the default ones, as `--limit` takes them.
  public let limits: [String]
  /// Whether it needs a process of its own.
  public let needsOwnProcess: Bool
  /// Whether what it made is only released with the state: cycles between Lua and the host, which no collector finds.
  public let keepsMemory: Bool

  public var description: String { name }

  /// The folder of the topic folders.
  public static let folder = Fixtures.folder + "/../Lua/hostile"
  /// The script that is run after each hostile one: it checks that the state is still usable.
  public static let nextScript = folder + "/next_script.lua"

  /// Every script, sorted by name. A topic's subfolders hold modules that its scripts require.
  public static let all: [HostileScript] = files(in: folder).flatMap { topic in
    files(in: folder + "/" + topic).filter { $0.hasSuffix(".lua") }
      .compactMap { HostileScript(name: topic + "/" + $0.dropLast(4)) }
  }

  private static func files(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  private init?(name: String) {
    self.name = name
    path = Self.folder + "/" + name + ".lua"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let head = text.split(separator: "\n").prefix { $0.hasPrefix("-- ") }.map { $0.dropFirst(3) }
    func field(_ name: String) -> String? {
      head.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
    let outcomes = field("expect")?.components(separatedBy: " or ").map(Outcome.init(rawValue:)) ?? []
    // An unknown word leaves the list empty, which a test reports.
    expected = outcomes.contains(nil) ? [] : outcomes.compactMap(\.self)
    message = field("message")
    limits = field("limits")?.split(separator: " ").map(String.init) ?? []
    needsOwnProcess = field("own process") != nil
    keepsMemory = field("keeps memory") != nil
  }
}
