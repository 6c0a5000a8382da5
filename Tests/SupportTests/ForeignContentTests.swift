import Support
import Testing

/// The start of a file, and what it is.
struct ContentCase: Sendable, CustomTestStringConvertible {
  let start: String
  let content: ForeignContent?
  var testDescription: String { start.isEmpty ? "empty" : String(start.prefix(40)) }
}

@Suite struct ForeignContentTests {
  static let cases = [
    ContentCase(start: "", content: .empty),
    ContentCase(
      start: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
      content: .pointer(program: "Git LFS")),
    ContentCase(
      start: "/annex/objects/SHA256E-s32044--4d7a.wav\n", content: .pointer(program: "git-annex")),
    ContentCase(start: "<!DOCTYPE html>\n<html><head>", content: .webPage),
    ContentCase(start: "\u{FEFF}\r\n  <HTML lang=en>", content: .webPage),
    ContentCase(start: "<!-- saved --><html>", content: .webPage),
    ContentCase(start: "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", content: .webPage),
    ContentCase(start: "RIFF\u{24}\0\0\0WAVEfmt ", content: nil),
    ContentCase(start: "<a/1.wav,a,en\n", content: nil),
    ContentCase(start: "version 2 of the list\n", content: nil),
  ]

  @Test(arguments: cases) func recognizesWhatStandsForAFile(_ c: ContentCase) {
    #expect(ForeignContent(start: c.start.utf8) == c.content)
  }
}
