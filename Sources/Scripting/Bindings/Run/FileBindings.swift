import Foundation
import LuaHost

/// `nj.fs`: files under granted folders, and under the run's own.
enum FileBindings {
  static let module = LuaModule(
    "fs", "Files under the folders granted by --allow fs.read=DIR and fs.write=DIR, and under nj.run.out",
    functions: [
      LuaFunction("read", "A whole file as a string of its bytes", [.string("path")], returns: "string") {
        call in
        let place = try call.context.readable(call.string(1))
        let most = min(call.state.limits.luaMemory ?? largest, largest)
        return call.push(bytes: [UInt8](try place.bytes(atMost: most)))
      },
      LuaFunction(
        "write", "Writes a string as a file, whole or not at all; makes the folders it needs",
        [.string("path"), .string("text")]
      ) { call in
        try call.write(to: call.string(1)) { _ in try Data(call.bytes(2)) }
        return .nothing
      },
      LuaFunction(
        "exists",
        "Whether there is something, and what: \"file\", \"folder\" or \"other\" (a pipe, a device)",
        [.string("path")],
        returns: "boolean, string"
      ) { call in
        guard let status = try call.context.readable(call.string(1)).status() else {
          return call.push(false)
        }
        return try call.push(
          true, status.kind == .file ? "file" : status.kind == .folder ? "folder" : "other")
      },
      LuaFunction("list", "The names in a folder, sorted", [.string("folder")], returns: "list of strings") {
        call in
        try call.push(call.context.readable(call.string(1), isFolder: true).list())
      },
      LuaFunction(
        "join", "A path of parts, with one / between them; a part that starts with / starts anew",
        [.rest("parts", .string)], returns: "string"
      ) { call in
        var path = ""
        for argument in 1..<(call.count + 1) {
          let part = try call.string(argument)
          if part.hasPrefix("/") || path.isEmpty {
            path = part
          } else if !part.isEmpty {
            path += (path.hasSuffix("/") ? "" : "/") + part
          }
        }
        return call.push(path)
      },
    ])

  /// The most bytes a script gets in one string where nothing limits its memory.
  private static let largest = 1 << 30
}

extension LuaCall {
  /// Writes a file that the script named: where it may, and within its limit of output.
  ///
  /// - Parameter bytes: gets the path as the script wrote it.
  func write(to path: String, _ bytes: (_ path: String) throws -> Data) throws {
    try require(.writing)
    let place = try context.files.writable(path)
    let bytes = try bytes(path)
    try state.chargeOutput(bytes.count)
    try place.write(bytes)
  }
}
