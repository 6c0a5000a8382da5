import Foundation
import LuaHost
import Scripting
import Support

/// What can complete the last word of a line.
public struct Completion: Sendable, Equatable {
  /// The part of the line that is completed: the last so many bytes before the cursor.
  public let length: Int
  /// What can stand there, sorted.
  public let candidates: [String]

  /// The longest beginning that all candidates have.
  public var common: String {
    guard let first = candidates.first, let last = candidates.last else { return "" }
    return String(zip(first, last).prefix { $0 == $1 }.map(\.0))
  }
}

extension Prompt {
  /// The completions of the text before the cursor: commands, files and plugins in strings, globals, fields, methods.
  public func completions(of line: String) -> Completion {
    if line.hasPrefix(":"), !line.contains(" ") {
      return completion(line, among: PromptCommand.all.map { ":" + $0.name })
    }
    if line.hasPrefix(":load ") { return files(String(line.dropFirst(6))) }
    let lexer = LuaLexer(line)
    if lexer.endsInComment { return Completion(length: 0, candidates: []) }
    if let start = lexer.openString {
      let text = String(decoding: Array(line.utf8)[start...], as: UTF8.self)
      let plugins = completion(text, among: Set(host.library.entries().map(\.name)).sorted())
      return plugins.candidates.isEmpty || text.contains("/") ? files(text) : plugins
    }
    return names(after: line)
  }

  private func completion(_ text: String, among candidates: [String]) -> Completion {
    Completion(length: text.utf8.count, candidates: candidates.filter { $0.hasPrefix(text) }.sorted())
  }

  /// Names after `a.b.` or `a:`, or global ones. The path before is read without running any code.
  private func names(after line: String) -> Completion {
    let path = line.utf8.reversed().prefix { LuaLexer.isNameByte($0) || $0 == 46 || $0 == 58 }
    let text = String(decoding: path.reversed(), as: UTF8.self)
    let separators = text.indices.filter { text[$0] == "." || text[$0] == ":" }
    guard let last = separators.last else {
      let globals = host.state.members(of: space.environment).map(\.name)
      return completion(text, among: text.isEmpty ? [] : Array(LuaToken.keywords.union(globals)))
    }
    let owners = text[..<last].split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
    let word = String(text[text.index(after: last)...])
    var owner: LuaReference? = space.environment
    for name in owners { owner = owner.flatMap { host.state.member(name, of: $0) } }
    guard let owner, !owners.isEmpty else { return Completion(length: 0, candidates: []) }
    let isMethod = text[last] == ":"
    var members = host.state.members(of: owner)
    if (try? host.state.string(owner)) != nil,
      let strings = host.state.member("string", of: space.environment)
    {
      members = host.state.members(of: strings)
    }
    let names = members.filter { isMethod ? $0.isMethod : $0.isField }.map(\.name)
    // Those with an underscore in front are a class's own; displayed when asked for.
    return completion(word, among: Set(names).filter { !$0.hasPrefix("__") || word.hasPrefix("_") }.sorted())
  }

  private func files(_ text: String) -> Completion {
    let folder = text.lastIndex(of: "/").map { String(text[...$0]) } ?? ""
    let word = text.dropFirst(folder.count)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let found = names.filter { $0.hasPrefix(word) && (!$0.hasPrefix(".") || word.hasPrefix(".")) }.map {
      name in
      let path = folder + name
      return FileStatus(path)?.kind == .folder ? path + "/" : path
    }
    return Completion(length: text.utf8.count, candidates: found.sorted())
  }
}
