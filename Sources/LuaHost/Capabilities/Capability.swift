import Foundation
import Support

/// One thing beyond computing: what `--allow` grants, and what a plugin says it `needs`.
///
/// There is nothing else to be granted: no program, no network, no native library. Folders are named from
/// where nightjar runs, or from `~`.
public struct Capability: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case read = "fs.read"
    case write = "fs.write"
    case variable = "env"
  }

  public let kind: Kind
  /// The folder or variable; nil for any folder, which a plugin may need and nobody can grant.
  public let target: String?

  /// `fs.read=DIR`.
  public var description: String { kind.rawValue + (target.map { "=\($0)" } ?? "") }

  init(_ kind: Kind, _ target: String?) { (self.kind, self.target) = (kind, target) }

  /// The flag that grants it, as a shell takes it: the target may be a stranger's.
  public var flag: String { "--allow " + "\(kind.rawValue)=\(target ?? "DIR")".shellWord }

  /// What it allows, in words: `read data`.
  public var summary: String {
    switch kind {
    case .read: "read \(target ?? "a folder of your choice")"
    case .write: "write \(target ?? "a folder of your choice")"
    case .variable: "read the environment variable \(target ?? "")"
    }
  }

  /// Reads `fs.read=DIR`, `fs.write=DIR` or `env=NAME`.
  ///
  /// - Parameter isPermission: whether a plugin's author wrote it. Then `fs.read` and `fs.write` may stand alone,
  ///   and the person who is asked must be able to see all of it.
  /// - Throws: ``CapabilityError`` (exit code 2) for an unknown capability, or one in a bad form.
  public init(parsing text: String, isPermission: Bool = false) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let kind = Kind(rawValue: parts[0]) else {
      let hint = parts[0].nearest(in: Kind.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" }
      let known = "there is fs.read=DIR, fs.write=DIR and env=NAME, and nothing else can be granted"
      throw CapabilityError("unknown capability '\(parts[0])'; \(hint ?? known)", .usage)
    }
    self.kind = kind
    if parts.count == 1, isPermission, kind != .variable {
      target = nil
      return
    }
    let target = parts.count == 2 ? parts[1] : ""
    if kind == .variable {
      if let problem = Self.problem(variable: target) { throw CapabilityError(problem, .usage) }
    } else if target.isEmpty || target.utf8.contains(0) {
      throw CapabilityError("name a folder: \(kind.rawValue)=DIR", .usage)
    }
    if isPermission, !target.isShowable {
      throw CapabilityError(
        "\(kind.rawValue): the name is too long, or has signs that cannot be seen", .usage)
    }
    self.target = target
  }

  /// Why a variable cannot have this name; nil for one that can.
  static func problem(variable name: String) -> String? {
    if name.isEmpty { return "name a variable: env=NAME" }
    if name.utf8.contains(UInt8(ascii: "=")) { return "the name of a variable has no '='" }
    return name.utf8.contains(0) ? "the name of a variable has no NUL character" : nil
  }
}

extension String {
  /// This text as one word of a shell's command line.
  fileprivate var shellWord: String {
    let plain = utf8.allSatisfy { byte in
      byte >= 0x80 || UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
        || "/._-=+,:@%".utf8.contains(byte)
    }
    return plain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }

  /// Whether a person who reads this text sees all of it: no control characters, nothing that turns the
  /// direction of writing, and not too long to be looked at.
  fileprivate var isShowable: Bool {
    utf8.count <= 400
      && unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
      }
  }
}

/// Something a script may not do; the text names the flag that would allow it.
public struct CapabilityError: NightjarError, Equatable {
  public let message: ErrorMessage
  public let exitCode: ExitCode

  public init(_ what: String, hint: String? = nil, _ exitCode: ExitCode = .script) {
    message = ErrorMessage(what.printable(), hint: hint?.printable())
    self.exitCode = exitCode
  }

  /// The same error with words before it, and perhaps another exit code.
  public func prefixed(_ words: String, _ exitCode: ExitCode? = nil) -> CapabilityError {
    CapabilityError(words + message.what, hint: message.hint, exitCode ?? self.exitCode)
  }
}
