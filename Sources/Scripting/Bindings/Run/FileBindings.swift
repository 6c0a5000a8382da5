import Foundation
import LuaHost
import Support

/// `nj.fs`: files under granted folders, and under the run's own.
enum FileBindings {
  static let module = LuaModule(
    "fs", "Files under the folders granted by --allow fs.read=DIR and fs.write=DIR, and under nj.run.out",
    functions: [
      LuaFunction("read", "A whole file as a string of its bytes", [.string("path")], returns: "string") {
        call in
        let file = try call.context.readable(call.string(1))
        let limit = min(call.state.limits.integer(.luaMemory) ?? maxLength, maxLength)
        let bytes = try UninterruptibleWork.run("read") { [UInt8](try file.bytes(atMost: limit)) }
        return call.push(bytes: bytes)
      },
      LuaFunction(
        "write", "Writes a string to a file, atomically; creates missing folders",
        [.string("path"), .text("text")]
      ) { call in
        let text = try call.bytes(2)
        try call.write(to: call.string(1)) { _ in Data(text) }
        return .nothing
      },
      LuaFunction(
        "exists",
        "Whether a path exists, and its kind: \"file\", \"folder\" or \"other\" (a pipe, a device)",
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
        let names = try call.context.readable(call.string(1), isFolder: true).list()
        return try call.push(LuaTable(list: names.map(LuaValue.init(string:))))
      },
      LuaFunction(
        "join",
        "Joins the parts of a path with one / between them; a part that starts with / discards the parts before it",
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

  /// The maximum length of a string that is read when Lua memory is not limited.
  private static let maxLength = 1 << 30
}

extension LuaCall {
  /// Writes a file that the script named, if it may, within its limit of output. `bytes` is called with the path as the
  /// script wrote it, on another thread.
  ///
  /// - Throws: `CapabilityError`, `LimitError`, `FileError`; `ScriptError` for a role that writes no files.
  func write(to path: String, _ bytes: @escaping @Sendable (_ path: String) throws -> Data) throws {
    let file = try writable(path)
    try write(UninterruptibleWork.run("write") { try bytes(path) }, to: file)
  }

  /// A file that the script named and may write.
  ///
  /// - Throws: `CapabilityError`, `FileError`; `ScriptError` for a role that writes no files.
  func writable(_ path: String) throws -> WritablePath {
    try require(.writing)
    return try context.files.writable(path)
  }

  /// What each file and folder counts besides a file's bytes, about that of its entry and its inode: empty files fill a
  /// disk too.
  private static let bytesOfAName = 512

  /// Writes a file within the script's limit of output.
  ///
  /// - Throws: `LimitError`, `FileError`.
  func write(_ bytes: Data, to file: WritablePath) throws {
    let context = try context
    try state.chargeOutput(bytes.count + Self.bytesOfAName * file.names.count)
    if context.strictest != .script { context.files.note(written: file) }
    try UninterruptibleWork.run("write") { try file.write(bytes) }
  }
}
