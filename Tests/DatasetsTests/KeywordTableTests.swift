import Datasets
import Foundation
import TestSupport
import Testing

/// The embedded table of words against the list it was taken from.
@Suite struct KeywordTableTests {
  @Test func holdsEveryWordInOrder() throws {
    let lines = try String(contentsOfFile: Fixtures.path("keywords.csv"), encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst()
    let listed = lines.map { line -> Word in
      let fields = line.split(separator: ",").map(String.init)
      return Word(name: fields[1], language: fields[2], part: fields[3] == "base" ? .base : .session)
    }
    #expect(listed.count == 200)
    #expect(Keywords.all == listed)
  }
}
