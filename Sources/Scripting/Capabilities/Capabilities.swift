import Foundation
import Tensors

/// What a script may do beyond computing: `--allow fs.read=DIR`, `--allow fs.write=DIR`, `--allow env=NAME`.
public struct Capabilities: Sendable, Equatable {
  /// The folders it may read and write.
  public var files: FileGate
  /// The environment variables it may read.
  public var variables: Set<String>

  private static let names = ["fs.read", "fs.write", "env"]

  public init(files: FileGate = FileGate(), variables: Set<String> = []) {
    (self.files, self.variables) = (files, variables)
  }

  /// Reads what followed each `--allow`.
  ///
  /// - Throws: ``CapabilityFailure`` (exit code 2) for an unknown capability or one without a value.
  public init(parsing grants: [String]) throws {
    var (read, write, variables): ([String], [String], Set<String>) = ([], [], [])
    for grant in grants {
      let parts = grant.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = parts[0]
      guard Self.names.contains(name) else {
        let hint = name.nearest(in: Self.names).map { "did you mean '\($0)'?" }
        let known = "there is fs.read=DIR, fs.write=DIR and env=NAME"
        throw CapabilityFailure("--allow \(grant): unknown capability '\(name)'; \(hint ?? known)", .usage)
      }
      let value = parts.count == 2 ? parts[1] : ""
      guard !value.isEmpty, !value.utf8.contains(0) else {
        let what = name == "env" ? "a variable: --allow env=HOME" : "a folder: --allow \(name)=DIR"
        throw CapabilityFailure("--allow \(grant): name \(what)", .usage)
      }
      switch name {
      case "fs.read": read.append((value as NSString).expandingTildeInPath)
      case "fs.write": write.append((value as NSString).expandingTildeInPath)
      default: variables.insert(value)
      }
    }
    self.init(files: FileGate(read: read, write: write), variables: variables)
  }

  /// The value of an environment variable; nil when it is not set.
  ///
  /// - Throws: ``CapabilityFailure`` unless it was granted.
  public func variable(_ name: String) throws -> String? {
    guard variables.contains(name) else {
      throw CapabilityFailure("cannot read the variable '\(name)'. Mend: add --allow env=\(name)")
    }
    return ProcessInfo.processInfo.environment[name]
  }
}

/// Something a script may not do; the text names the flag that would allow it.
public struct CapabilityFailure: Failure, Equatable {
  public let description: String
  public let exitCode: ExitCode

  public init(_ description: String, _ exitCode: ExitCode = .script) {
    (self.description, self.exitCode) = (description.printable(), exitCode)
  }
}
