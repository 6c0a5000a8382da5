import Datasets
import Foundation
import Support
import TestSupport
import Testing

/// Lists as other programs write them: read where their meaning is clear, else the message says what is there.
@Suite struct ForeignListTests {
  static let rows = WordDatasetTests.rows
  static let header = "PATH,WORD,LANG\n"

  private static func list(_ edit: (String) -> String) -> String { rows.map { edit($0) + "\n" }.joined() }

  static let good = [
    ListCase(
      name: "a data frame with its index",
      text: ",PATH,WORD,LANG\n" + rows.enumerated().map { "\($0),\($1)\n" }.joined()),
    ListCase(
      name: "a data frame whose index has no header",
      text: "\"PATH\",\"WORD\",\"LANG\"\n"
        + rows.enumerated().map { "\"\($0)\",\($1)\n" }.joined()),
    ListCase(name: "an index without a header", text: rows.enumerated().map { "\($0),\($1)\n" }.joined()),
    ListCase(name: "a spreadsheet's separator", text: "sep=,\n" + header + list(\.self)),
    ListCase(
      name: "another separator",
      text: "sep=;\r\n" + (header + list(\.self)).replacing(",", with: ";")),
    ListCase(name: "a quoted separator", text: "\"sep=,\"\n" + list(\.self)),
    ListCase(name: "a header with semicolons", text: (header + list(\.self)).replacing(",", with: ";")),
    ListCase(name: "a header with tabs", text: (header + list(\.self)).replacing(",", with: "\t")),
    ListCase(
      name: "blanks before quotes",
      text: (header + list(\.self)).split(separator: "\n")
        .map { "\"" + $0.replacing(",", with: "\", \"") + "\" \n" }.joined()),
    ListCase(name: "paths of Windows", text: list { $0.replacing("/", with: "\\") }),
    ListCase(
      name: "other names of columns",
      text: "locale,filename,label\n"
        + list { row in
          let fields = row.split(separator: ",")
          return "\(fields[2]),\(fields[0]),\(fields[1])"
        }),
  ]

  @Test(arguments: good) func reads(_ c: ListCase) throws {
    let data = try SampleDataset(["base_train.csv": c.text]).read()
    #expect(data.warnings.isEmpty)
    #expect(data.clips(.train).map(\.word) == ["one", "one", "two"])
    #expect(data.clips(.train).map(\.language) == ["en", "en", "en"])
    #expect(data.clips(.train)[2].path.hasSuffix("/en/clips/two/a.wav"))
  }

  @Test(arguments: ["PATH,WORD\ntri/a.wav,tri\n", "tri/a.wav,tri\n", "SET,LINK,WORD\nTRAIN,tri/a.wav,tri\n"])
  func aLanguagesOwnListNeedNotRepeatIt(text: String) throws {
    let data = try SampleDataset(["cy/evaluation.csv": text]).read()
    #expect(data.clips(.evaluation).map(\.language) == ["cy"])
  }

  static let bad = [
    BadListCase(
      name: "MSWC's list of splits",
      text: "SET,LINK,WORD,VALID,SPEAKER,GENDER\nTRAIN,one/a.wav,one,True,abc,NA\n",
      says: ["base_train.csv:1", "no language column", "SET, LINK, WORD, VALID", "data import"]),
    BadListCase(
      name: "the same without its header", text: "TRAIN,one/a.wav,one,True,abc,NA\n",
      says: ["base_train.csv:1", "got 6", "PATH,WORD,LANG (all three are needed)"]),
    BadListCase(name: "a terminal's code", text: "PATH,W\u{1B}[31mORD,LANG\n", says: ["W\\u{1b}[31mORD"]),
    BadListCase(name: "no word", text: "PATH,LANG\none/a.wav,en\n", says: ["no word column"]),
    BadListCase(name: "no language", text: "one/a.wav,one\n", says: ["got 2", "no language column"]),
    BadListCase(
      name: "Speech Commands' list", text: "one/a.wav\none/b.wav\n", says: ["got 1", "Speech Commands"]),
    BadListCase(
      name: "a Git LFS pointer", text: "version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n",
      says: ["base_train.csv:1", "Git LFS pointer"]),
    BadListCase(
      name: "a web page", file: "cy/evaluation.csv", text: "<!DOCTYPE html>\n<html><body>404</body></html>\n",
      says: ["cy/evaluation.csv:1", "web page"]),
  ]

  @Test(arguments: bad) func saysWhatIsThere(_ c: BadListCase) throws {
    let sample = try SampleDataset([c.file: c.text])
    let text = failureText { _ = try sample.read() }
    for part in c.says { #expect(text.contains(part), "\(text)") }
  }

  @Test func aLinkThatWasCopiedAsTextIsNamed() throws {
    let sample = try SampleDataset(clips: false)
    try sample.folder.write("../../clips", to: "cy/clips")
    let text = failureText { _ = try sample.read() }
    #expect(text.contains("cy/clips is a file, expected the folder of the clips"), "\(text)")
  }

  @Test func aDatasetMayLieInTheOnlyFolderWithLists() throws {
    let sample = try SampleDataset()
    let outer = try TemporaryFolder()
    try FileManager.default.moveItem(atPath: sample.folder.path, toPath: outer.path + "/download")
    try outer.write("x", to: "notes/README")
    #expect(try WordDataset(path: outer.path).path == outer.path + "/download")
  }
}
