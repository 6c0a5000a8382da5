import CLua
import Support

/// A Lua function on the call stack, as a traceback shows it.
package struct LuaFrame {
  let source: String
  let shortSource: String
  let line: Int
  /// `function 'learn'`; `the function at line 8` where the caller has no name for it; `the main chunk`.
  let function: String

  var location: ErrorLocation { .script(path: source, line: line) }

  /// `plugins/x.lua:12: in function 'learn'`.
  var description: String { "\(source):\(line): in \(function)" }
}

extension LuaStack {
  /// The frame of an activation record; nil unless it is of a Lua function.
  private func frame(_ record: inout lua_Debug) -> LuaFrame? {
    guard lua_getinfo(thread, "nSl", &record) != 0, record.currentline > 0, let source = record.source else {
      return nil
    }
    let full = String(cString: source)
    let short = withUnsafeBytes(of: record.short_src) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let isMain = record.what.map { String(cString: $0) } == "main"
    let name = record.name.map { "function '\(String(cString: $0))'" }
    let function = isMain ? "the main chunk" : name ?? "the function at line \(record.linedefined)"
    let path = full.hasPrefix("@") ? String(full.dropFirst()) : short
    return LuaFrame(source: path, shortSource: short, line: Int(record.currentline), function: function)
  }

  /// The Lua frames, innermost first; at most 400 levels of the stack are examined.
  func frames() -> [LuaFrame] {
    var result: [LuaFrame] = []
    var record = lua_Debug()
    var level: Int32 = 0
    while level < 400, lua_getstack(thread, level, &record) != 0 {
      if let frame = frame(&record) { result.append(frame) }
      level += 1
    }
    return result
  }

  /// The line of the innermost Lua frame; 0 otherwise.
  package var line: Int {
    frames().first?.line ?? 0
  }

  /// The location of the innermost Lua frame; empty otherwise.
  package func position() -> [ErrorLocation] {
    var record = lua_Debug()
    var level: Int32 = 0
    while level < 20, lua_getstack(thread, level, &record) != 0 {
      if let frame = frame(&record) { return [frame.location] }
      level += 1
    }
    return []
  }

  /// Where the Lua function at `index` is defined; empty for any other value.
  func definition(_ index: Int32) -> [ErrorLocation] {
    var record = lua_Debug()
    guard kind(index) == .function, lua_iscfunction(thread, index) == 0 else { return [] }
    copy(index)
    guard lua_getinfo(thread, ">S", &record) != 0, let source = record.source else { return [] }
    let path = String(String(cString: source).trimmingPrefix("@"))
    return [.script(path: path, line: max(1, Int(record.linedefined)))]
  }
}
