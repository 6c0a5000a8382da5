/// The lines in which two texts differ, as `diff -u` shows them.
public struct UnifiedDiff: Sendable {
  private enum Edit {
    case same(String)
    case removed(String)
    case added(String)

    var isSame: Bool { if case .same = self { true } else { false } }

    var line: String {
      switch self {
      case .same(let line): " " + line
      case .removed(let line): "-" + line
      case .added(let line): "+" + line
      }
    }
  }

  /// The lines shown before and after a change.
  private static let context = 3

  private let edits: [Edit]
  private let names: (old: String, new: String)

  /// The difference of two texts, which the heading calls `oldName` and `newName`.
  public init(_ old: String, _ new: String, oldName: String, newName: String) {
    names = (oldName, newName)
    let before = Self.lines(old)
    let after = Self.lines(new)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var edits: [Edit] = []
    var old = 0
    var new = 0
    while old < before.count || new < after.count {
      if old < before.count, removed.contains(old) {
        edits.append(.removed(before[old]))
        old += 1
      } else if new < after.count, added.contains(new) {
        edits.append(.added(after[new]))
        new += 1
      } else {
        edits.append(.same(before[old]))
        old += 1
        new += 1
      }
    }
    self.edits = edits
  }

  /// The changed lines with three around them; empty for equal texts.
  public var text: String {
    let changed = edits.indices.filter { !edits[$0].isSame }
    guard !changed.isEmpty else { return "" }
    var hunks: [Range<Int>] = []
    for index in changed {
      let range = max(0, index - Self.context)..<min(edits.count, index + Self.context + 1)
      if let last = hunks.last, range.lowerBound <= last.upperBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    let lines =
      ["--- \(names.old)", "+++ \(names.new)"] + hunks.flatMap { [heading(of: $0)] + edits[$0].map(\.line) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `@@ -12,7 +12,8 @@`: the first line and the number of lines, before and after.
  private func heading(of hunk: Range<Int>) -> String {
    func count(_ edits: ArraySlice<Edit>) -> (old: Int, new: Int) {
      edits.reduce(into: (old: 0, new: 0)) { counts, edit in
        switch edit {
        case .same:
          counts.old += 1
          counts.new += 1
        case .removed: counts.old += 1
        case .added: counts.new += 1
        }
      }
    }
    func range(_ before: Int, _ count: Int) -> String { "\(count == 0 ? before : before + 1),\(count)" }
    let before = count(edits[..<hunk.lowerBound])
    let inside = count(edits[hunk])
    return "@@ -\(range(before.old, inside.old)) +\(range(before.new, inside.new)) @@"
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
