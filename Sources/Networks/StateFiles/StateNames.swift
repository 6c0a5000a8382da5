import Tensors

/// How the names in a state file become a model's.
public struct StateNames: Sendable, Equatable {
  /// What the file's names have before the model's, such as `module.`; names without it are ignored.
  public var prefix = ""
  /// Parts by their dotted names after the prefix, and what the model calls them: `fc1` → `output`.
  public var renamed: [String: String] = [:]
  /// Patterns of names that the model need not have, with `*` and `?` as in file names; of the file's names or of the
  /// model's.
  public var ignored: [String] = []

  public init(prefix: String = "", renamed: [String: String] = [:], ignored: [String] = []) {
    self.prefix = prefix
    self.renamed = renamed
    self.ignored = ignored
  }

  /// Whether a tensor of this name is a counter that a profiler leaves in every module: thop's.
  public static func isOfProfiler(_ name: String) -> Bool {
    ["total_ops", "total_params"].contains(name.split(separator: ".").last ?? "")
  }

  /// The model's name for one of the file's; nil for one that is ignored.
  func modelName(of name: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    // Of a part and a part of it the longer name counts.
    let part = rest.indices.filter { rest[$0] == "." }.map { rest[..<$0] }.last { renamed[String($0)] != nil }
    let whole = renamed[String(rest)]
    return whole ?? part.map { (renamed[String($0)] ?? "") + rest.dropFirst($0.count) } ?? String(rest)
  }
}
