import Foundation
import Support

/// A folder that was granted: links in its own path are followed once, then, and it is held open.
///
/// What lies in it is reached from the open folder, name by name, and no name may be a link: the links of a
/// path are resolved before, so a link that is met on the way was put there since, and the way ends there.
/// Other names of a file (hard links) and what is mounted in the folder count as its content.
package final class GrantedFolder: Sendable {
  /// What the person wrote, made absolute; and where that leads.
  private let given: [String]
  private let real: [String]
  /// The folder, or the nearest one above it that is there, and the names from that one to it.
  private let anchor: Descriptor
  private let below: [String]

  /// - Throws: ``FileError`` for a file, and for links that lead in a circle. The folder may be missing yet.
  init(_ path: String) throws {
    given = try RealPath.absolute(path)
    real = try RealPath.names(path)
    do {
      var here = try Descriptor.root()
      var left = real[...]
      while let name = left.first {
        do { here = try here.folder(name) } catch { break }
        left = left.dropFirst()
      }
      if left.count == 1, let last = try? here.at(left.first ?? ""), try last.status().kind != .folder {
        throw FileError("open", path, reason: "it is no folder", hint: "name the folder it is in")
      }
      anchor = here
      below = Array(left)
    } catch let failure as SystemError { throw FileError("open", path, reason: failure.reason) }
  }

  /// The names that lead from this folder to a place in it; nil for one that is not in it.
  func names(to real: [String]) -> [String]? {
    real.begins(with: self.real) ? Array(real.dropFirst(self.real.count)) : nil
  }

  /// The path it has with all links followed.
  var place: String { "/" + real.joined(separator: "/") }

  /// The names from the root to a place in this folder.
  package func path(of names: [String]) -> [String] { real + names }

  /// Whether a path looks as if it led into this folder, before any link is followed.
  func seemsToHold(_ written: [String]) -> Bool {
    !written.contains("..") && (written.begins(with: given) || written.begins(with: real))
  }

  /// What is at the end of `names`.
  func open(_ names: [String]) throws(SystemError) -> Descriptor {
    guard let last = (below + names).last else { return try anchor.folder(".") }
    return try folder((below + names).dropLast(), making: false).at(last)
  }

  /// The folder at the end of `names`.
  func openFolder(_ names: [String], making: Bool) throws(SystemError) -> Descriptor {
    try folder((below + names)[...], making: making)
  }

  private func folder(_ names: ArraySlice<String>, making: Bool) throws(SystemError) -> Descriptor {
    var here = try anchor.folder(".")
    for name in names {
      do { here = try here.folder(name) } catch {
        guard making, error.number == ENOENT else { throw error }
        try here.makeFolder(name)
        here = try here.folder(name)
      }
    }
    return here
  }

  static let gone = "the granted folder was removed"

  /// Whether the folder was removed since it was granted.
  var isGone: Bool { (try? anchor.status().names) == 0 }
}
