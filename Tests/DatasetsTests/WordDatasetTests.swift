import Datasets
import Foundation
import Support
import TestSupport
import Testing

/// An unusual training list that still states the same three clips.
struct ListCase: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  var testDescription: String { name }
}

/// A list that is refused, and parts of the message.
struct BadListCase: Sendable, CustomTestStringConvertible {
  let name: String
  var file = "base_train.csv"
  let text: String?
  let says: [String]
  var testDescription: String { name }
}

@Suite struct WordDatasetTests {
  static let rows = ["one/a.wav,one,en", "one/b.wav,one,en", "two/a.wav,two,en"]
  static let good = [
    ListCase(name: "plain", text: "PATH,WORD,LANG\n" + rows.joined(separator: "\n") + "\n"),
    ListCase(name: "no header", text: rows.joined(separator: "\n")),
    ListCase(name: "CRLF", text: "PATH,WORD,LANG\r\n" + rows.joined(separator: "\r\n") + "\r\n"),
    ListCase(name: "old Mac line ends", text: "PATH,WORD,LANG\r" + rows.joined(separator: "\r")),
    ListCase(name: "byte order mark", text: "\u{FEFF}PATH,WORD,LANG\n" + rows.joined(separator: "\n")),
    ListCase(
      name: "blank lines", text: "\n\nPATH,WORD,LANG\n" + rows.joined(separator: "\n\n") + "\n\n  \n\n"),
    ListCase(
      name: "quotes",
      text: "PATH,WORD,LANG\n" + rows.map { "\"\($0.replacing(",", with: "\",\""))\"\n" }.joined()),
    ListCase(
      name: "blanks around fields", text: rows.map { $0.replacing(",", with: " , ") + " \n" }.joined()),
    ListCase(
      name: "other order",
      text: "LANGUAGE,PATH,WORD\nen,one/a.wav,one\nen,one/b.wav,one\nen,two/a.wav,two\n"),
    ListCase(name: "more columns", text: "PATH,WORD,LANG,SPEAKER\n" + rows.map { $0 + ",anna\n" }.joined()),
    ListCase(name: "relative to the data set", text: rows.map { "en/clips/\($0)\n" }.joined()),
    ListCase(name: "relative to the language", text: rows.map { "clips/\($0)\n" }.joined()),
    ListCase(
      name: "marks of right-to-left text",
      text: rows.map { $0.replacing(",en", with: "\u{200F},en\u{200E}\n") }.joined()),
  ]

  @Test(arguments: good) func takes(_ c: ListCase) throws {
    let sample = try SampleDataset(["base_train.csv": c.text])
    let data = try sample.read()
    #expect(data.warnings.isEmpty)
    #expect(data.clips(.train).map(\.word) == ["one", "one", "two"])
    #expect(data.clips(.train).map(\.label) == [0, 0, 1])
    #expect(data.clips(.train)[2].path == sample.folder.path + "/en/clips/two/a.wav")
    #expect(data.words.map(\.name) == ["one", "two", "tri"])
  }

  static let bad = [
    BadListCase(
      name: "two columns", text: "one/a.wav,one,en\none/b.wav,one\n",
      says: ["base_train.csv:2", "expected 3 columns (PATH,WORD,LANG), got 2"]),
    BadListCase(
      name: "four columns", text: "PATH,WORD,LANG\na,b.wav,one,en\n", says: ["base_train.csv:2", "quotes"]),
    BadListCase(name: "semicolons", text: "one/a.wav;one;en\n", says: ["base_train.csv:1", "semicolons"]),
    BadListCase(name: "tabs", text: "one/a.wav\tone\ten\n", says: ["base_train.csv:1", "tabs"]),
    BadListCase(
      name: "row behind blank lines", text: "one/a.wav,one,en\n\n\nx\n", says: ["base_train.csv:4"]),
    BadListCase(
      name: "row behind a quoted line end", text: "\"one/\na.wav\",one,en\nx\n", says: ["base_train.csv:3"]),
    BadListCase(name: "escape", text: "../x.wav,one,en\n", says: ["base_train.csv:1", "leads out"]),
    BadListCase(name: "hidden escape", text: "one/../../x.wav,one,en\n", says: ["leads out"]),
    BadListCase(name: "absolute", text: "/etc/passwd,one,en\n", says: ["leads out", "/etc/passwd"]),
    BadListCase(
      name: "language that escapes", text: "one/a.wav,one,../en\n",
      says: ["base_train.csv:1", "language code"]),
    BadListCase(name: "empty path", text: ",one,en\n", says: ["path is empty"]),
    BadListCase(name: "empty word", text: "one/a.wav,,en\n", says: ["word is empty"]),
    BadListCase(
      name: "open quote", text: "\"one/a.wav,one,en\n", says: ["base_train.csv:1", "never closed"]),
    BadListCase(
      name: "text after a quote", text: "\"one\"/a.wav,one,en\n", says: ["base_train.csv:1", "quote"]),
    BadListCase(name: "nothing but a header", text: "PATH,WORD,LANG\n", says: ["lists no clips"]),
    BadListCase(name: "nothing", text: "", says: ["lists no clips"]),
    BadListCase(name: "missing train list", text: nil, says: ["base_train.csv is missing"]),
    BadListCase(
      name: "missing test list", file: "base_test.csv", text: nil, says: ["base_test.csv is missing"]),
    BadListCase(
      name: "unknown base word", file: "base_test.csv", text: "two/c.wav,twoo,en\n",
      says: ["base_test.csv:1", "twoo", "did you mean \"two\"?"]),
    BadListCase(
      name: "session word that is a base word", file: "en/evaluation.csv", text: "one/c.wav,one,en\n",
      says: ["en/evaluation.csv:1", "one", "session word"]),
    BadListCase(
      name: "other language in a session", file: "cy/evaluation.csv", text: "tri/a.wav,tri,pl\n",
      says: ["cy/evaluation.csv:1", "pl"]),
  ]

  @Test(arguments: bad) func refuses(_ c: BadListCase) throws {
    let sample = try SampleDataset([c.file: c.text])
    let text = failureText { _ = try sample.read() }
    for part in c.says { #expect(text.contains(part), "\(text)") }
  }

  @Test func refusesOtherEncodings() throws {
    let sample = try SampleDataset()
    try sample.folder.write(Data([0xFF, 0xFE, 0x6F, 0x00]), to: "base_train.csv")
    #expect(failureText { _ = try sample.read() }.contains("UTF-16"))
    try sample.folder.write(Data("one/a.wav,n\u{E9}e,en\n".utf16.map { UInt8($0) }), to: "base_train.csv")
    #expect(failureText { _ = try sample.read() }.contains("base_train.csv:1: the row is not UTF-8"))
  }

  @Test func refusesWhatIsNoDataset() throws {
    let folder = try TemporaryFolder()
    #expect(failureText { _ = try WordDataset(path: folder.path) }.contains("nightjar data import"))
    #expect(failureText { _ = try WordDataset(path: folder.path + "/no") }.contains("no such folder"))
    try folder.write("x", to: "file")
    #expect(failureText { _ = try WordDataset(path: folder.path + "/file") }.contains("it is a file"))
    #expect((DatasetError.empty(path: "x") as any NightjarError).exitCode == .data)
  }

  @Test func findsTheFolderOfADistribution() throws {
    let sample = try SampleDataset()
    let outer = try TemporaryFolder()
    try FileManager.default.moveItem(atPath: sample.folder.path, toPath: outer.path + "/MSWC")
    #expect(try WordDataset(path: outer.path).path == outer.path + "/MSWC")
  }

  @Test func countsDuplicatesAndMissingClips() throws {
    let sample = try SampleDataset([
      "base_train.csv": "one/a.wav,one,en\none/a.wav,one,en\none/gone.wav,one,en\ntwo/a.wav,two,en\n"
    ])
    let data = try sample.read()
    #expect(data.clips(.train).count == 3)
    #expect(data.warnings.map(\.kind) == [.duplicateRows, .missingClips])
    #expect(data.warnings.map(\.count) == [1, 1])
    #expect(data.warnings[0].example == "base_train.csv:2")
    #expect(data.warnings[0].description == "ignored 1 duplicate row, the first at base_train.csv:2")
    #expect(data.warnings[1].example.hasSuffix("one/gone.wav (base_train.csv:3)"))
    #expect(try sample.read(checkingFiles: false).warnings.map(\.kind) == [.duplicateRows])
  }

  @Test func saysWhereClipsWereLookedFor() throws {
    let rows = (0..<20).map { "w\($0)/a.wav,w\($0),en\n" }.joined()
    let sample = try SampleDataset(["base_train.csv": rows], clips: false)
    let text = failureText { _ = try sample.read(checkingFiles: false) }
    #expect(text.contains("base_train.csv:10"))
    #expect(text.contains("/en/clips/w9/a.wav"))
  }

  @Test func warnsOfMissingLists() throws {
    let data = try SampleDataset(["base_val.csv": nil, "cy/evaluation.csv": nil]).read()
    #expect(data.warnings.map(\.kind) == [.missingValidationList, .missingSessionLists])
    #expect(data.sessionLanguages.isEmpty)
  }

  @Test func keepsTheOrderOfTheKeywords() throws {
    let sample = try SampleDataset([
      "base_train.csv": "one/a.wav,n'abandi,rw\none/b.wav,l’amendement,fr\ntwo/a.wav,surrounding,en\n",
      "base_val.csv": "", "base_test.csv": "one/c.wav,surrounding,en\n",
      "cy/evaluation.csv": "tri/a.wav,gobeithio,cy\n", "fa/evaluation.csv": "tri/b.wav,میخواستم,fa\n",
    ])
    let data = try sample.read()
    #expect(data.words.map(\.name) == ["surrounding", "l’amendement", "n'abandi", "میخواستم", "gobeithio"])
    #expect(data.sessionLanguages == ["fa", "cy"])
    #expect(data.clips(.evaluation).map(\.label) == [3, 4])
  }

  @Test func namesTheWordWithTooFewSamples() throws {
    let data = try SampleDataset().read()
    try data.require(1, in: .train, hint: "lower --shots")
    let text = failureText { try data.require(5, in: .evaluation, hint: "lower --shots") }
    #expect(
      text == "\"tri\" (cy) has 2 samples in cy/evaluation.csv, 5 are needed. "
        + "Hint: lower --shots, or give the word more clips")
  }

  @Test func keyFollowsTheLists() throws {
    let sample = try SampleDataset()
    let key = try sample.read().contentKey
    #expect(try sample.read(checkingFiles: false).contentKey == key)
    try sample.folder.write("one/c.wav,one,en\n", to: "base_val.csv")
    #expect(try sample.read().contentKey != key)
  }

  @Test func keywordsAreThoseOfTheTable() throws {
    #expect(Keywords.all.count == 200)
    #expect(Keywords.all.count { $0.part == .base } == 100)
    #expect(Keywords.index(of: "surrounding", language: "en") == 0)
    #expect(Keywords.index(of: "produzione", language: "it") == 199)
    #expect(failureText { _ = try Keywords.select(words: ["surroundin"]) }.contains("surrounding"))
    #expect(failureText { _ = try Keywords.select(languages: ["zz"]) }.contains("zz"))
  }

  @Test func readsNinetyThousandRowsAtOnce() throws {
    var text = SampleDataset.header
    for word in 0..<100 {
      for clip in 0..<900 { text += "word\(word)/common_voice_en_\(clip).wav,word\(word),en\n" }
    }
    let sample = try SampleDataset(["base_train.csv": text, "base_val.csv": "", "base_test.csv": ""])
    for word in 0..<100 { try sample.folder.write("x", to: "en/clips/word\(word)/common_voice_en_0.wav") }
    let data = try sample.read(checkingFiles: false)
    #expect(data.clips(.train).count == 90_000)
  }
}
