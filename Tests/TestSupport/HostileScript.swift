import Foundation
import Tensors

/// A script of `Tests/Lua/hostile` and what its head says of it.
///
///     -- what it tries, in one line
///     -- expect: T or M                        how it has to end; see ``Outcome``
///     -- says: text                            a part of the message, where there is one
///     -- limits: time=300ms lua-memory=64MiB   instead of the usual ones
///     -- alone: why                            it needs a process of its own, which the limit ends
///     -- keeps: why                            what it made goes with the state, and not before
public struct HostileScript: Sendable, CustomStringConvertible {
  /// How a script ends.
  public enum Outcome: String, Sendable, CaseIterable {
    /// By the limit of time or instructions.
    case time = "T"
    /// By the limit of Lua's memory, or of native memory.
    case memory = "M"
    /// By the limit of output.
    case output = "O"
    /// By an error that names the script's file and line.
    case error = "E"
    /// At its end, all of its own checks having passed.
    case fine
  }

  /// The file's name without its ending.
  public let name: String
  public let path: String
  /// The outcomes that are right.
  public let expected: [Outcome]
  /// What the message has to contain.
  public let says: String?
  /// Limits that differ from the usual ones, as `--limit` takes them.
  public let limits: [String]
  /// Whether it needs a process of its own.
  public let isAlone: Bool
  /// Whether what it made is only given back with the state: cycles between Lua and the host, which no collector sees.
  public let keepsMemory: Bool

  public var description: String { name }

  /// The folder of the scripts.
  public static let folder = Fixtures.folder + "/../Lua/hostile"

  /// Every script, in the order of their names.
  public static let all: [HostileScript] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".lua") }.sorted().compactMap { HostileScript(file: $0) }
  }()

  private init?(file: String) {
    path = Self.folder + "/" + file
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    name = String(file.dropLast(4))
    let head = text.split(separator: "\n").prefix { $0.hasPrefix("-- ") }.map { $0.dropFirst(3) }
    func field(_ name: String) -> String? {
      head.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
    let words = field("expect")?.split(separator: " ").filter { $0 != "or" } ?? []
    expected = words.compactMap { Outcome(rawValue: String($0)) }
    says = field("says")
    limits = field("limits")?.split(separator: " ").map(String.init) ?? []
    isAlone = field("alone") != nil
    keepsMemory = field("keeps") != nil
  }
}
