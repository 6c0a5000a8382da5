import Foundation
import LuaHost
import Support
import Tensors

/// Something that is wrong with a plugin.
public struct CheckFinding: Sendable, Encodable, Equatable {
  /// The file, and the line from 1; nil where no line is to blame.
  public var file: String
  public var line: Int?
  /// The fact, with numbers.
  public var what: String
  public var hint: String?
  /// The calls that led there, where there was more than one: `plugins/x.lua:12: in function 'learn'`.
  public var calls: [String] = []
  /// Whether the plugin works in spite of it.
  public var isWarning = false
  /// Whether it exceeded a limit of time.
  var isOfTime = false

  private enum CodingKeys: String, CodingKey { case file, line, what, hint, calls, isWarning }

  init(_ message: ErrorMessage, file: String, line: Int?, isWarning: Bool = false) {
    self.file = file
    self.line = line
    what = message.what
    hint = message.hint
    self.isWarning = isWarning
  }

  /// What an error says of a plugin; its location is the innermost line that it names, else that of `location`.
  ///
  /// - Throws: the error itself when it is not the plugin's: Ctrl-C.
  init(of error: any Error, in file: String, at location: ErrorLocation? = nil) throws {
    let error = CoreErrorTranslation.translate(error)
    guard let known = error as? any NightjarError else {
      self.init(ErrorMessage("\(error)"), file: file, line: nil)
      return
    }
    if known.exitCode == .interrupted { throw error }
    let place =
      known.locations.last(where: \.isScript) ?? known.locations.last { $0.isPlugin && $0.line != nil }
      ?? location
    self.init(known.message, file: place?.path ?? file, line: place?.line)
    let layers = known.locations.compactMap { if case .layer(let name) = $0 { name } else { nil } }
    if let layer = layers.last { what = "in layer \(layer): \(what)" }
    if let limit = ((known as? ScriptError)?.cause as? LimitError)?.limit {
      isOfTime = [.call, .time].contains(limit)
    }
    let traceback = (known as? ScriptError)?.traceback ?? []
    calls = Array(traceback.dropFirst().prefix(3).filter { !$0.hasSuffix("in the main chunk") })
  }

  /// The same finding, of a run with other options than the defaults.
  func with(_ circumstances: String?) -> CheckFinding {
    var copy = self
    if let circumstances { copy.what = "with \(circumstances): \(what)" }
    return copy
  }

  /// The source line it is about.
  public var excerpt: String? {
    guard let line, let text = try? LuaSource(file).text else { return nil }
    let lines = text.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
    guard line >= 1, line <= lines.count else { return nil }
    let code = lines[line - 1].trimmingCharacters(in: .whitespaces).printableLine()
    return code.count > 100 ? code.prefix(99) + "…" : code
  }
}

extension ErrorLocation {
  fileprivate var path: String? {
    switch self {
    case .script(let path, _), .file(let path): path
    case .plugin(_, let path, _): path
    default: nil
    }
  }

  fileprivate var line: Int? {
    switch self {
    case .script(_, let line): line
    case .plugin(_, _, let line): line
    default: nil
    }
  }
}

/// The outcome of one plugin's check.
public struct CheckReport: Sendable, Encodable {
  public enum Outcome: String, Sendable, Encodable { case passed, failed, notRun = "not run" }

  /// Its file.
  public let path: String
  /// `learner/ridge`; nil for a file that does not load.
  public internal(set) var plugin: String?
  public internal(set) var seconds = 0.0
  public internal(set) var findings: [CheckFinding] = []
  /// Why it was loaded, but not run.
  public internal(set) var reason: ErrorMessage?
  /// What it printed while it was loaded and run, as far as it is not long.
  public internal(set) var printed = ""

  init(path: String) { self.path = path }

  public var outcome: Outcome {
    findings.contains { !$0.isWarning } ? .failed : reason == nil ? .passed : .notRun
  }

  private enum CodingKeys: String, CodingKey {
    case path, plugin, seconds, outcome, findings, reason, printed
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(path, forKey: .path)
    try fields.encodeIfPresent(plugin, forKey: .plugin)
    try fields.encode(seconds, forKey: .seconds)
    try fields.encode(outcome, forKey: .outcome)
    try fields.encode(findings, forKey: .findings)
    try fields.encodeIfPresent(reason?.description, forKey: .reason)
    if !printed.isEmpty { try fields.encode(printed, forKey: .printed) }
  }
}

extension CheckReport {
  /// The most printed lines in the text.
  private static let maxPrinted = 20

  /// A line with the outcome, then what was found: place, fact, source line, hint.
  public var text: String {
    let mark = [Outcome.passed: "✓", .failed: "✗", .notRun: "–"][outcome] ?? ""
    let name = (plugin ?? "?").padding(toLength: max(26, (plugin ?? "").count), withPad: " ", startingAt: 0)
    let time = String(format: "%5.2f s", seconds)
    var lines = ["\(mark) \(name) \(time)  \(path.printableLine())"]
    if outcome == .notRun, let reason {
      lines += ["    not run: \(reason.what)"] + CheckFinding.hint(reason.hint)
    }
    lines += findings.map(\.text)
    // Lines of the author's own, to find what failed.
    if outcome == .failed, !printed.isEmpty {
      let own = printed.split(separator: "\n", omittingEmptySubsequences: false).map {
        "      \($0)".printable(limit: 200)
      }
      lines += ["    printed:"] + own.prefix(Self.maxPrinted)
      if own.count > Self.maxPrinted { lines.append("      and \(own.count - Self.maxPrinted) lines more") }
    }
    return lines.joined(separator: "\n")
  }

  /// What was found, without a first line.
  public var details: String { findings.map(\.text).joined(separator: "\n") }
}

extension CheckFinding {
  /// Place, fact, source line and hint, indented.
  public var text: String {
    let place = line.map { "\(file):\($0)" } ?? file
    let kind = isWarning ? "warning: " : ""
    var lines = ["    \(place.printableLine()): \(kind)\(what.printable().indented(by: 6))"]
    if let excerpt, let line { lines.append("      \(line) │ \(excerpt)") }
    lines += calls.map { "      called from \($0)" }
    return (lines + Self.hint(hint)).joined(separator: "\n")
  }

  fileprivate static func hint(_ hint: String?) -> [String] {
    hint.map { ["      Hint: \($0.printable().indented(by: 8))"] } ?? []
  }
}

extension String {
  /// With white space before every line but the first.
  fileprivate func indented(by count: Int) -> String {
    replacing("\n", with: "\n" + String(repeating: " ", count: count))
  }
}

/// What a plugin prints while it is checked, up to 64 KiB.
final class PrintedText {
  private(set) var text = ""

  /// Adds what one call of `print` writes, with its line break.
  func add(_ more: String) {
    if text.utf8.count + more.utf8.count <= 64 << 10 { text += more }
  }
}
