import Foundation
import Tensors

/// The folders a script may read and write. Denied unless granted.
///
/// Paths are followed to what they really name, links and `..` included, before they are compared with the
/// roots, and the caller gets that real path. A link that is exchanged between the check and the use is not
/// noticed: scripts cannot make links.
public struct FileGate: Sendable, Equatable {
  /// Folders that may be read, with all links followed.
  public private(set) var readRoots: [String]
  /// Folders that may be written, with all links followed.
  public private(set) var writeRoots: [String]
  /// The run's own folder, for both; nil until there is one.
  public private(set) var output: String?

  /// A gate that lets through what lies in these folders; without any, nothing.
  public init(read: [String] = [], write: [String] = []) {
    readRoots = read.map { RealPath.of($0) ?? $0 }
    writeRoots = write.map { RealPath.of($0) ?? $0 }
  }

  /// Opens the run's own folder for reading and writing.
  public mutating func open(output folder: String) { output = RealPath.of(folder) }

  /// The real path to read.
  ///
  /// - Throws: ``CapabilityFailure`` naming the flag to add.
  public func readable(_ path: String) throws -> String { try check(path, "read", "fs.read", readRoots) }

  /// The real path to write.
  ///
  /// - Throws: ``CapabilityFailure`` naming the flag to add.
  public func writable(_ path: String) throws -> String { try check(path, "write", "fs.write", writeRoots) }

  private func check(_ path: String, _ action: String, _ capability: String, _ roots: [String]) throws
    -> String
  {
    guard !path.isEmpty else { throw CapabilityFailure("cannot \(action) '': the path is empty") }
    guard !path.utf8.contains(0) else {
      throw CapabilityFailure("cannot \(action) '\(path)': the path has a NUL character in it")
    }
    guard let real = RealPath.of(path) else {
      throw CapabilityFailure("cannot \(action) '\(path)': its links lead in a circle")
    }
    if (roots + [output].compactMap { $0 }).contains(where: { Self.contains($0, real) }) { return real }
    let folder = Self.isFolder(real) ? real : (real as NSString).deletingLastPathComponent
    let shown = real == path ? "'\(path)'" : "'\(path)' (\(real))"
    throw CapabilityFailure(
      "cannot \(action) \(shown): it is in no granted folder. Mend: add --allow \(capability)=\(folder)"
    )
  }

  /// Whether a real path is a folder or lies in it.
  private static func contains(_ root: String, _ path: String) -> Bool {
    path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

/// What a path really names.
enum RealPath {
  /// As many links in one path as Linux follows.
  private static let mostLinks = 40

  /// The absolute path with every link, `.` and `..` resolved, also of what is not there yet (`realpath -m`).
  ///
  /// Nil when links lead in a circle.
  static func of(_ path: String) -> String? {
    let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var left = Array(absolute.split(separator: "/").map(String.init).reversed())
    var real: [String] = []
    var links = 0
    while let part = left.popLast() {
      if part == "." { continue }
      if part == ".." {
        _ = real.popLast()
        continue
      }
      let here = "/" + (real + [part]).joined(separator: "/")
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: here) else {
        real.append(part)
        continue
      }
      links += 1
      guard links <= mostLinks else { return nil }
      if target.hasPrefix("/") { real = [] }
      left += target.split(separator: "/").map(String.init).reversed()
    }
    return "/" + real.joined(separator: "/")
  }
}
