/// What the names of a state have before those of the model, or lack: `module.` of DataParallel, `model.` of Lightning.
struct StatePrefix {
  let prefix: String
  /// Whether all names without a counterpart begin so.
  private let isCommon: Bool

  /// The prefix behind which the longer names are the shorter ones; nil when there is none for half of them.
  init?(of longer: [String], before shorter: [String]) {
    let wanted = Set(shorter)
    var counts: [Substring: Int] = [:]
    for name in longer {
      for dot in name.indices where name[dot] == "." {
        let rest = name.index(after: dot)
        if wanted.contains(String(name[rest...])) { counts[name[..<rest], default: 0] += 1 }
      }
    }
    let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let best, 2 * best.value >= shorter.count,
      best.key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    else { return nil }
    prefix = String(best.key)
    isCommon = longer.allSatisfy { $0.hasPrefix(best.key) }
  }

  /// How to bring names together that a file and a model have not in common, as a line of Lua; nil when no prefix is
  /// what parts them.
  static func hint(notInFile missing: [String], notInModel unexpected: [String]) -> String? {
    let loop = "local state = {} for name, tensor in pairs(file) do"
    if let found = StatePrefix(of: unexpected, before: missing) {
      let size = found.prefix.utf8.count
      let strip = "state[name:sub(\(size + 1))] = tensor"
      guard !found.isCommon else {
        return "all names in the file begin with \"\(found.prefix)\". \(loop) \(strip) end"
      }
      return "the model's names are in the file behind \"\(found.prefix)\". "
        + "\(loop) if name:sub(1, \(size)) == \"\(found.prefix)\" then \(strip) end end"
    }
    if let found = StatePrefix(of: missing, before: unexpected) {
      return "the file's names are in the model behind \"\(found.prefix)\". "
        + "\(loop) state[\"\(found.prefix)\" .. name] = tensor end"
    }
    return nil
  }
}
