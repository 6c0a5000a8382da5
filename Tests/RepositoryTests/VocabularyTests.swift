import Foundation
import Testing

/// Words that the project has replaced stay out. `.github/vocabulary.txt` lists them with what to write instead.
@Suite struct VocabularyTests {
  struct Entry: Sendable, CustomTestStringConvertible {
    let pattern: String
    let replacement: String
    var testDescription: String { pattern }
  }

  /// `pattern => replacement`, a regular expression a line; lines that begin with # are comments.
  static let entries: [Entry] = {
    let text = (try? String(contentsOfFile: Checkout.root + "/.github/vocabulary.txt", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let parts = line.components(separatedBy: " => ")
      guard !line.hasPrefix("#"), parts.count == 2 else { return nil }
      return Entry(pattern: parts[0], replacement: parts[1])
    }
  }()

  /// Every text that people read or write, as (path, contents).
  private static let texts: [(path: String, text: String)] = {
    let folders = ["Sources", "Tests", "scripts", "plugins", ".github"]
    let files = ["README.md", "Package.swift"] + folders.flatMap(Checkout.files)
    let endings = ["swift", "lua", "c", "h", "py", "sh", "md"]
    return files.compactMap { path in
      let name = (path as NSString).lastPathComponent
      let ending = (name as NSString).pathExtension
      guard endings.contains(ending) || ending.isEmpty, !name.hasSuffix(".pb.swift"),
        let text = try? String(contentsOfFile: Checkout.root + "/" + path, encoding: .utf8)
      else { return nil }
      return (path, text)
    }
  }()

  @Test func theListIsThere() { #expect(Self.entries.count > 20) }

  @Test(arguments: entries) func isWrittenNowhere(_ entry: Entry) throws {
    let expression = try Regex(entry.pattern)
    let found = Self.texts.flatMap { path, text in
      text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
        line.contains(expression)
          ? "\(path):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))" : nil
      }
    }
    #expect(found.isEmpty, "write \(entry.replacement):\n\(found.prefix(10).joined(separator: "\n"))")
  }
}
