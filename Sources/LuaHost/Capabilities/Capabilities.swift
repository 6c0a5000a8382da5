import Foundation
import Support

/// What a script may do beyond computing: `--allow fs.read=DIR`, `--allow fs.write=DIR`, `--allow env=NAME`.
public struct Capabilities: Sendable {
  /// The folders it may read and write.
  public var files = FileGate()
  /// The environment variables it may read.
  public var variables: Set<String> = []

  /// Nothing.
  public init() {}

  /// Reads what followed each `--allow`.
  ///
  /// - Throws: ``CapabilityError`` (exit code 2) for an unknown capability, one without a value, or a file.
  public init(parsing grants: [String]) throws {
    for grant in grants {
      do { try allow(Capability(parsing: grant)) } catch let failure as any NightjarError {
        throw CapabilityError("--allow \(grant): \(failure.description)", .usage)
      }
    }
  }

  /// Grants one more; a folder's links are followed now.
  ///
  /// - Returns: the place a folder's path leads to.
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

  /// Whether it was granted, by itself or by a folder above.
  public func grants(_ capability: Capability) -> Bool {
    guard let target = capability.target else { return files.hasGrants(capability.kind) }
    return capability.kind == .variable
      ? variables.contains(target)
      : files.grants(capability.kind, (target as NSString).expandingTildeInPath)
  }

  /// The value of an environment variable; nil when it is not set.
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
