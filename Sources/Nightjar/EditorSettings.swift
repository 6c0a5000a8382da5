import Experiments
import Foundation
import Support

/// `.luarc.json`, the settings of the Lua language server, beside the file of types.
struct EditorSettings {
  private let path: String
  private let types: String

  /// The settings for a file of types.
  init(types: String) {
    let folder = types.parentFolder
    path = (folder.isEmpty ? "" : folder + "/") + ".luarc.json"
    self.types = (types as NSString).lastPathComponent
  }

  private var text: String {
    let disabled = ["debug", "ffi", "io", "jit", "os", "package"].map { "    \"\($0)\": \"disable\"" }
    return """
      {
        "runtime.version": "Lua 5.4",
        "runtime.builtin": {
      \(disabled.joined(separator: ",\n"))
        },
        "workspace.library": ["\(types)"],
        "diagnostics.disable": ["lowercase-global"]
      }

      """
  }

  /// Writes the file; one of the user's own stays.
  ///
  /// - Returns: what to tell the user.
  /// - Throws: `FileError` where it cannot be written.
  func write() throws -> String {
    guard let existing = FileManager.default.contents(atPath: path) else {
      try AtomicFile.write(text, to: path)
      return "wrote \(path), the settings of the Lua language server"
    }
    if String(decoding: existing, as: UTF8.self).contains("\"\(types)\"") {
      return "\(path) knows \(types) already"
    }
    return "\(path) is yours and stays as it is: add \"\(types)\" to its workspace.library"
  }
}
