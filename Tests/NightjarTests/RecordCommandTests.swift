import Foundation
import Testing

/// `nightjar data record`, with a program in the place of the system's recorder.
@Suite struct RecordCommandTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// Records with an `arecord` that runs `script`, or with none.
  private func record(_ script: String?, _ arguments: String...) throws -> Sandbox.Outcome {
    try sandbox.write("", to: "bin/empty")
    if let script {
      try sandbox.write("#!/bin/sh\nfor file; do :; done\n\(script)\n", to: "bin/arecord")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: sandbox.path("bin/arecord"))
    }
    return try sandbox.run(["data", "record"] + arguments, environment: ["PATH": sandbox.path("bin")])
  }

  private let speak = "/bin/cp '\(TinySpeech.data)/es/clips/uno/0.wav' \"$file\""

  @Test func addsTakes() throws {
    let first = try record(speak, "hello", "--takes", "2")
    #expect(first.status == 0 && first.output == "takes/hello: 2 takes\n", "\(first.errors)")
    #expect(first.errors.contains("take 2 of 2: press Enter, then say \"hello\""), "\(first.errors)")
    #expect(try record(speak, "hello", "--takes", "1").status == 0)
    #expect(
      (1...3).allSatisfy { sandbox.exists("takes/hello/\($0).wav") } && !sandbox.exists("takes/hello/4.wav"))
  }

  @Test func repeatsASilentTake() throws {
    let silence = """
      if [ -e tried ]; then \(speak); else : > tried
        /usr/bin/head -c 44 '\(TinySpeech.data)/es/clips/uno/0.wav' > "$file"
        /usr/bin/head -c 16000 /dev/zero >> "$file"; fi
      """
    let end = try record(silence, "hello", "--takes", "1")
    #expect(end.status == 0 && end.errors.contains("take 1 is silent; once more"), "\(end.errors)")
  }

  @Test(arguments: [
    (script: nil, word: "hello", status: 3, says: "there is no program that records (arecord, rec, ffmpeg)"),
    (script: "echo 'no soundcards found' >&2; exit 1", word: "hello", status: 3, says: "no soundcards found"),
    (script: "exit 0", word: "hello", status: 3, says: "recording by arecord failed"),
    (script: "exit 0", word: "a/b", status: 2, says: "'a/b' cannot be a word"),
    (script: "exit 0", word: "_x", status: 2, says: "'_x' cannot be a word"),
    (script: "exit 0", word: "", status: 2, says: "'' cannot be a word"),
  ])
  func refuses(_ c: (script: String?, word: String, status: Int32, says: String)) throws {
    let end = try record(c.script, c.word)
    #expect(end.status == c.status && end.errors.contains(c.says), "\(end.status) \(end.errors)")
    #expect(!sandbox.exists("takes/hello/1.wav"))
  }
}
