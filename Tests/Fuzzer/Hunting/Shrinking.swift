import Foundation

/// Makes a failing case short: fewer lines first (delta debugging, Zeller and Hildebrandt 2002), then simpler ones.
struct Shrinking {
  /// Whether a case still fails in the same way.
  let fails: ([String]) -> Bool
  private let end: ContinuousClock.Instant

  /// - Parameter time: how long it may take.
  init(within time: Duration, fails: @escaping ([String]) -> Bool) {
    self.fails = fails
    end = ContinuousClock.now + time
  }

  private var isOver: Bool { ContinuousClock.now > end }

  func shrink(_ lines: [String]) -> [String] {
    var lines = withoutNeedlessLines(lines)
    for _ in 0..<3 {
      let simpler = withSimplerLines(lines)
      if simpler == lines || isOver { return simpler }
      lines = withoutNeedlessLines(simpler)
    }
    return lines
  }

  private func withoutNeedlessLines(_ given: [String]) -> [String] {
    var lines = given
    var size = max(1, lines.count / 2)
    while !isOver {
      var changed = false
      var start = 0
      while start < lines.count, !isOver {
        let shorter = Array(lines[..<start] + lines[min(lines.count, start + size)...])
        if shorter.count < lines.count, !shorter.isEmpty, fails(shorter) {
          lines = shorter
          changed = true
        } else {
          start += size
        }
      }
      if size == 1, !changed { break }
      size = max(1, size / 2)
    }
    return lines
  }

  private func withSimplerLines(_ given: [String]) -> [String] {
    var lines = given
    for index in lines.indices {
      var tried: Set<String> = []
      while !isOver {
        let simpler = SimplerLines.of(lines[index]).first { line in
          guard tried.insert(line).inserted else { return false }
          return fails(lines.replacing(index, line))
        }
        guard let simpler else { break }
        lines[index] = simpler
      }
    }
    return lines
  }
}

extension [String] {
  fileprivate func replacing(_ index: Int, _ line: String) -> [String] {
    var copy = self
    copy[index] = line
    return copy
  }
}

/// Simpler forms of a line of Lua.
enum SimplerLines {
  private static let wrappings = [
    ("coroutine.wrap(function() ", " end)()"), ("do local scope <close> = nj.scope() ", " end"),
    ("nj.no_grad(function() ", " end)"), ("for i = 1, 3 do ", " end"), ("pcall(function() ", " end)"),
    ("(\"ab\"):gsub(\".\", function() ", " end)"),
  ]

  /// Unwrapped, without a target, without or with simpler elements of each list in it.
  static func of(_ line: String) -> [String] {
    var found: [String] = []
    for (head, tail) in wrappings where line.hasPrefix(head) && line.hasSuffix(tail) {
      found.append(String(line.dropFirst(head.count).dropLast(tail.count)))
    }
    if let sign = line.firstRange(of: " = "), line.prefixMatch(of: /[a-z]\[/) != nil, line.hasSuffix(")") {
      found.append(String(line[sign.upperBound...]))
    }
    for element in elements(of: Array(line.utf8)) {
      found.append(element.removed)
      for simple in ["nil", "1", "{}"] where simple.utf8.count < element.length {
        found.append(element.replaced(simple))
      }
    }
    return found.filter { $0.utf8.count < line.utf8.count || $0 != line && !$0.isEmpty }
  }

  private struct Element {
    let before: [UInt8], after: [UInt8], afterWithoutComma: [UInt8], length: Int

    var removed: String { String(decoding: before + afterWithoutComma, as: UTF8.self) }
    func replaced(_ text: String) -> String {
      String(decoding: before + Array(text.utf8) + after, as: UTF8.self)
    }
  }

  /// The elements of every list in brackets, the outer ones first.
  private static func elements(of line: [UInt8]) -> [Element] {
    var found: [(depth: Int, element: Element)] = []
    var starts: [Int] = []
    var isText = false
    func add(_ start: Int, _ end: Int, depth: Int) {
      guard end > start else { return }
      let comma = line[end] == UInt8(ascii: ",") ? 1 : 0
      found.append(
        (
          depth,
          Element(
            before: Array(line[..<start]), after: Array(line[end...]),
            afterWithoutComma: Array(line[(end + comma)...]),
            length: end - start)
        ))
    }
    for (place, byte) in line.enumerated() {
      if byte == UInt8(ascii: "\""), place == 0 || line[place - 1] != UInt8(ascii: "\\") { isText.toggle() }
      if isText { continue }
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "{"): starts.append(place + 1)
      case UInt8(ascii: ")"), UInt8(ascii: "}"):
        if let start = starts.popLast() { add(start, place, depth: starts.count) }
      case UInt8(ascii: ","):
        if let start = starts.popLast() {
          add(start, place, depth: starts.count)
          starts.append(place + 1)
        }
      default: break
      }
    }
    return found.sorted { $0.depth < $1.depth }.map(\.element)
  }
}
