import Foundation
import Tensors

/// `nj.fs`: files under granted folders, and under the run's own.
enum FileBindings {
  static let module = LuaModule(
    "fs", "Files under the folders granted by --allow fs.read=DIR and fs.write=DIR, and under nj.run.out",
    functions: [
      LuaFunction("read", "A whole file as a string of its bytes", [.string("path")], returns: "string") {
        call in
        let path = try call.session.files.readable(call.string(1))
        return call.give(bytes: [UInt8](try contents(path, atMost: call.state.limits.luaMemory)))
      },
      LuaFunction(
        "write", "Writes a string as a file, whole or not at all; makes the folders it needs",
        [.string("path"), .string("text")]
      ) { call in
        let path = try call.session.files.writable(call.string(1))
        try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
        try AtomicFile.write(Data(call.bytes(2)), to: path)
        return .nothing
      },
      LuaFunction(
        "exists", "Whether there is a file or folder, and which of them: \"file\" or \"folder\"",
        [.string("path")],
        returns: "boolean, string"
      ) { call in
        let path = try call.session.files.readable(call.string(1))
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
          return call.give(false)
        }
        return try call.give(true, isFolder.boolValue ? "folder" : "file")
      },
      LuaFunction("list", "The names in a folder, sorted", [.string("folder")], returns: "list of strings") {
        call in
        let path = try call.session.files.readable(call.string(1))
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
          throw FileFailure("list", path, reason: "there is no such folder")
        }
        guard isFolder.boolValue else {
          throw FileFailure("list", path, reason: "it is a file, not a folder")
        }
        do { return try call.give(FileManager.default.contentsOfDirectory(atPath: path).sorted()) } catch {
          throw FileFailure("list", path, reason: "it is not readable")
        }
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
        return call.give(path)
      },
    ])

  /// The most bytes a script gets in one string where nothing limits its memory.
  private static let largest = 1 << 30

  /// The bytes of a plain file: no folder, no device, no pipe that would block.
  static func contents(_ path: String, atMost limit: Int? = nil) throws -> Data {
    let attributes: [FileAttributeKey: Any]
    do { attributes = try FileManager.default.attributesOfItem(atPath: path) } catch {
      throw FileFailure("read", path, reason: "there is no such file")
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
      throw FileFailure("read", path, reason: isFolder ? "it is a folder" : "it is no plain file")
    }
    let (size, most) = ((attributes[.size] as? NSNumber)?.intValue ?? 0, min(limit ?? largest, largest))
    guard size <= most else {
      throw FileFailure(
        "read", path, reason: "its \(ByteCount(size)) are more than a string may hold, \(ByteCount(most))")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileFailure("read", path, reason: "it is not readable")
    }
    return data
  }
}
