import Support
import Testing

@Suite struct RelativePathTests {
  static let plain = ["a", "a/b.lua", ".hidden", "...", "a/..b", "ä/日本", "a b/c", "\u{301}a", "a\\..\\b"]

  @Test(arguments: plain) func aPathOfPlainNamesStaysInsideItsFolder(_ path: String) {
    #expect(path.isPlainRelativePath)
  }

  static let others = [
    "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a", "a/./b", "a\0b",
    // To Swift, a slash followed by a combining accent is one character, and no slash.
    "../\u{301}a", "a/../\u{301}b",
    String(repeating: "a", count: 256), String(repeating: "ab/", count: 700) + "a",
  ]

  @Test(arguments: others) func anyOtherPathIsRefused(_ path: String) { #expect(!path.isPlainRelativePath) }
}
