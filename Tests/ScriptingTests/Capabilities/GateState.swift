import Foundation
import Testing

/// A state with a granted folder, and around it what no script may touch.
///
///     files/         granted, with links out of it and odd things in it
///     files-more/    a sibling whose name begins alike
///     secret/        outside
final class GateState {
  static let secret = "the outside's secret"
  let state: BindingsState

  init() throws {
    state = try BindingsState()
    for outside in ["secret/a", "secret/\u{301}a", "secret/t.lua", "files-more/a"] {
      try state.put(Self.secret, at: outside)
    }
    for inside in ["files/plain", "files/deep/b"] { try state.put("inside", at: inside) }
    for (name, target) in Self.links { try link(name, to: target) }
    try #require(mkfifo(state.files + "/pipe", 0o600) == 0)
  }

  private static let links = [
    ("link", "../secret"), ("file", "../secret/a"), ("absolute", "/etc"), ("dangling", "../secret/new"),
    ("one", "two"), ("two", "deep/three"), ("deep/three", "../../secret"), ("circle", "circle"),
    ("left", "right"), ("right", "left"), ("zero", "/dev/zero"), ("input", "/dev/stdin"),
    ("environment", "/proc/self/environ"), ("here", "deep"), ("up", "deep/.."),
  ]

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: state.files + "/" + name, withDestinationPath: target)
  }

  /// Every file outside of the granted folder, with its text.
  func outside() throws -> [String: String] {
    var found: [String: String] = [:]
    for folder in ["secret", "files-more"] {
      for name in try FileManager.default.subpathsOfDirectory(atPath: state.root + "/" + folder) {
        found["\(folder)/\(name)"] = try state.text("\(folder)/\(name)")
      }
    }
    return found
  }
}
