import Testing

@Suite struct PathTests {
  @Test(arguments: [
    ("r", ""), ("", ""), ("/", "/"), ("a/", ""), ("/b", "/"), ("a/b", "a"), ("a/b/", "a"), ("a//b", "a"),
    ("/a/b.lua", "/a"), ("./é", "."), ("//", "/"),
  ]) func theFolderIsWhatThePartLiesIn(_ path: String, _ folder: String) {
    #expect(path.parentFolder == folder)
  }
}
