import Foundation
import Support

/// What a script may do beyond computing: `--allow fs.read=DIR`, `--allow fs.write=DIR`, `--allow env=NAME`.
public struct Capabilities: Sendable {
  /// The folders it may read and write.
  public var files = FileGate()
  /// The environment variables it may read.
  public var variables: Set<String> = []

  /// No capabilities.
  public init() {}

  /// Parses the arguments of `--allow`.
  ///
  /// - Throws: ``CapabilityError`` (exit code 2) for an unknown capability, one without a value, or a file.
  public init(parsing grants: [String]) throws {
    for grant in grants {
      do { try allow(Capability(parsing: grant)) } catch let error as any NightjarError {
        throw CapabilityError("--allow \(grant): \(error.description)", .usage)
      }
    }
  }

  /// Grants one more; symbolic links in a folder's path are resolved now.
  ///
  /// - Returns: the resolved path of a folder; nil for a variable.
  /// - Throws: `FileError` for a path that cannot be a folder.
  @discardableResult
  public mutating func allow(_ capability: Capability) throws -> String? {
    guard let target = capability.target else { return nil }
    let folder = (target as NSString).expandingTildeInPath
    switch capability.kind {
    case .read: return try files.allowReading(folder)
    case .write: return try files.allowWriting(folder)
    case .variable:
      variables.insert(target)
      return nil
    }
  }

  /// Whether it was granted, itself or as part of a granted folder.
  public func grants(_ capability: Capability) -> Bool {
    guard let target = capability.target else { return files.hasGrants(capability.kind) }
    return capability.kind == .variable
      ? variables.contains(target)
      : files.grants(capability.kind, (target as NSString).expandingTildeInPath)
  }

  /// The value of an environment variable; nil if it is not set.
  ///
  /// - Throws: ``CapabilityError`` unless it was granted.
  public func variable(_ name: String) throws -> String? {
    if let problem = Capability.problem(variable: name) {
      throw CapabilityError("cannot read the variable '\(name)': \(problem)")
    }
    guard variables.contains(name) else {
      throw CapabilityError(
        "cannot read the variable '\(name)'", hint: "add \(Capability(.variable, name).flag)")
    }
    return ProcessInfo.processInfo.environment[name]
  }
}

/// A capability beyond computing: what `--allow` grants, and what a plugin lists in `permissions`.
///
/// There are no others: no programs, no network, no native libraries. Folders are relative to the current directory, or
/// start with `~`.
public struct Capability: Sendable, Hashable, CustomStringConvertible {
  /// What may be granted.
  public enum Kind: String, Sendable, CaseIterable {
    case read = "fs.read"
    case write = "fs.write"
    case variable = "env"
  }

  public let kind: Kind
  /// The folder or variable; nil for a folder of the user's choice, which a plugin may list and `--allow` cannot grant.
  public let target: String?

  /// `fs.read=DIR`.
  public var description: String { kind.rawValue + (target.map { "=\($0)" } ?? "") }

  init(_ kind: Kind, _ target: String?) {
    self.kind = kind
    self.target = target
  }

  /// The capability to read an environment variable.
  package init(variable name: String) { self.init(.variable, name) }

  /// The flag that grants it, quoted for a shell: the target may come from an untrusted plugin.
  public var flag: String { "--allow " + "\(kind.rawValue)=\(target ?? "DIR")".shellWord }

  /// What it allows, in words: `read data`.
  public var summary: String {
    switch kind {
    case .read: "read \(target ?? "a folder of your choice")"
    case .write: "write \(target ?? "a folder of your choice")"
    case .variable: "read the environment variable \(target ?? "")"
    }
  }

  /// Parses `fs.read=DIR`, `fs.write=DIR` or `env=NAME`.
  ///
  /// In a plugin's `permissions` (`isPermission`), `fs.read` and `fs.write` need no folder, and all of the text must be
  /// visible to the user who is asked.
  ///
  /// - Throws: ``CapabilityError`` (exit code 2) for an unknown or malformed capability.
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
    if isPermission, !target.isDisplayable {
      throw CapabilityError(
        "\(kind.rawValue): the name is too long, or has invisible characters", .usage)
    }
    self.target = target
  }

  /// Why a variable cannot have this name; nil if it can.
  static func problem(variable name: String) -> String? {
    if name.isEmpty { return "name a variable: env=NAME" }
    if name.utf8.contains(UInt8(ascii: "=")) { return "the name of a variable has no '='" }
    return name.utf8.contains(0) ? "the name of a variable has no NUL character" : nil
  }
}

extension String {
  /// This text as one word of a shell command line.
  fileprivate var shellWord: String {
    let plain = utf8.allSatisfy { byte in
      byte >= 0x80 || UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
        || "/._-=+,:@%".utf8.contains(byte)
    }
    return plain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }

  /// Whether all of this text is visible when displayed: no control or format characters, no change of the writing
  /// direction, at most 400 bytes.
  fileprivate var isDisplayable: Bool {
    utf8.count <= 400
      && unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
      }
  }
}

/// An operation that a script has no permission for; the hint is the flag that grants it.
public struct CapabilityError: NightjarError, Equatable {
  public let message: ErrorMessage
  public let exitCode: ExitCode

  /// Creates an error; control characters in its texts are escaped.
  public init(_ what: String, hint: String? = nil, _ exitCode: ExitCode = .script) {
    message = ErrorMessage(what.printable(), hint: hint?.printable())
    self.exitCode = exitCode
  }

  /// The same error with a prefix, and optionally another exit code.
  public func prefixed(_ words: String, _ exitCode: ExitCode? = nil) -> CapabilityError {
    CapabilityError(words + message.what, hint: message.hint, exitCode ?? self.exitCode)
  }
}
