import Foundation

/// Finds where a list's relative paths lead.
///
/// Upstream writes paths relative to `DIR/<lang>/clips/`, others write them relative to `DIR` or
/// `DIR/<lang>`. The form is found once for each folder a list names, by looking for its first clips, so that
/// ninety thousand rows cost a few hundred looks at the disk.
struct ClipPaths {
  private struct Group: Hashable {
    let language: String
    let folder: Substring
  }

  private struct Finding {
    var root = 0
    var isSure = false
    var misses = 0
  }

  /// Whether every clip is looked for, not only the first of each folder.
  private let checksAll: Bool
  private let dataset: String
  private let files: any DatasetFiles
  private var findings: [Group: Finding] = [:]

  /// How many clips were looked for and found.
  private(set) var found = 0
  /// How many clips were looked for and not found.
  private(set) var missing = 0

  init(dataset: String, checksAll: Bool, files: any DatasetFiles) {
    self.dataset = dataset
    self.checksAll = checksAll
    self.files = files
  }

  /// Where a relative path may lead, likeliest first.
  func candidates(_ path: String, language: String) -> [String] {
    roots(language).map { $0 + path }
  }

  /// The likeliest place of a clip.
  mutating func resolve(_ path: String, language: String) throws -> (path: String, isMissing: Bool) {
    let group = Group(language: language, folder: path.prefix { $0 != "/" })
    var finding = findings[group] ?? Finding()
    let roots = roots(language)
    // A folder whose first clips are all missing is not searched on: the damage is known by then.
    let gaveUp = finding.misses >= 3
    if !checksAll, finding.isSure || gaveUp { return (roots[finding.root] + path, false) }
    let order = [finding.root] + roots.indices.filter { $0 != finding.root }
    if let root = try order.first(where: { try files.kind(roots[$0] + path) != nil }) {
      found += 1
      if !finding.isSure { finding.root = root }
      finding.isSure = true
      findings[group] = finding
      return (roots[root] + path, false)
    }
    missing += 1
    finding.misses += 1
    findings[group] = finding
    return (roots[finding.root] + path, true)
  }

  private func roots(_ language: String) -> [String] {
    ["\(dataset)/\(language)/clips/", "\(dataset)/", "\(dataset)/\(language)/"]
  }

  /// Whether a path stays where it is put: relative, without `..`, and a name a file can have.
  static func isSafe(_ path: String) -> Bool {
    // As bytes: to Swift, a slash or dot with a combining sign behind it is another character.
    let bytes = path.utf8
    guard let first = bytes.first, !bytes.contains(0), !"/~\\".utf8.contains(first) else { return false }
    return !bytes.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
  }

  /// Whether a language code can be the name of a folder.
  static func isLanguage(_ code: String) -> Bool {
    !code.isEmpty
      && code.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_")
      }
  }
}
