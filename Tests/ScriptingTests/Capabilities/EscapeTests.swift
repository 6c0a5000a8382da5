import Foundation
import LuaHost
import Scripting
import Testing

/// Ways out of the granted folders. Each fails, tells nothing of what is outside, and changes nothing there.
@Suite struct EscapeTests {
  /// Paths as Lua expressions. FILES is the granted folder.
  static let outside = [
    "SECRET .. '/a'", "FILES .. '/../secret/a'", "FILES .. '/deep/../../secret/a'",
    "FILES .. '/none/../../secret/a'", "FILES .. '/./././../secret/a'", "FILES .. '//..//secret//a'",
    "FILES .. '-more/a'", "FILES .. '/link/a'", "FILES .. '/link//a'", "FILES .. '/link/../secret/a'",
    "FILES .. '/file'", "FILES .. '/one/a'", "FILES .. '/two/a'", "FILES .. '/deep/three/a'",
    "FILES .. '/up/../secret/a'", "FILES .. '/up/link/a'", "FILES .. '/dangling'",
    "FILES .. '/absolute/passwd'",
    // To Swift these slashes and their combining signs are one character.
    "FILES .. '/link/\u{301}a'", "FILES .. '/\u{301}/../../secret/a'", "FILES .. '/..\u{301}/../../secret/a'",
    "FILES:upper() .. '/plain'", "FILES:gsub('files$', 'Files') .. '/plain'", "FILES:sub(1, -2)",
    "'/'", "'/etc/passwd'", "'/proc/self/environ'", "'/proc/self/mem'", "'/proc/self/root' .. SECRET .. '/a'",
    "'/proc/self/cwd/Package.swift'", "'/dev/zero'", "'/dev/stdin'", "'/dev/fd/0'",
    "FILES .. '/zero'", "FILES .. '/input'", "FILES .. '/environment'", "FILES .. '/..'", "'.'",
    "'~/.profile'",
    "FILES .. '/circle'", "FILES .. '/left/a'", "FILES .. '/a\\0/../../secret/a'", "FILES .. '\\0'", "''",
    "FILES .. ('/..'):rep(300) .. SECRET .. '/a'", "FILES .. ('/x'):rep(5000)", "FILES .. '/a\\255'",
  ]
  static let readers = [
    "nj.fs.read(PATH)", "nj.fs.list(PATH)", "nj.fs.exists(PATH)", "nj.load(PATH)", "nj.audio.read(PATH)",
    "nj.data.words { path = PATH }", "nj.plugin('model', './' .. PATH)",
    "nj.plugin('model', PATH .. '/t.lua')",
  ]
  static let writers = [
    "nj.fs.write(PATH, 'mine')", "nj.save(PATH, { x = nj.zeros { 2 } })",
    "nj.audio.write(PATH .. '/x.wav', nj.zeros { 2 }, 8000)", "nj.fs.write(PATH .. '/new', 'mine')",
    "nj.plot.lines({ x = { 1, 2 }, y = { 1, 2 } }):save(PATH .. '/x.txt')",
  ]

  @Test(arguments: readers + writers) func noPathLeadsOut(_ call: String) throws {
    let gate = try GateState()
    gate.state.state.attach(PluginLibrary(shipped: nil, standard: false))
    let before = try gate.outside()
    for path in Self.outside {
      let script = "local PATH = \(path)\n\(call)"
      guard let failure = gate.state.failure(script) else { continue }
      #expect(!failure.description.contains(GateState.secret), "\(failure)")
      #expect(!failure.description.contains("/proc/self/fd/"), "\(failure)")
      #expect([.script, .data].contains(failure.exitCode), "\(path): \(failure)")
    }
    #expect(try gate.outside() == before)
  }

  /// What is in the granted folder, and yet nothing to read or to write over.
  static let odd = [
    ("nj.fs.read(FILES .. '/pipe')", "it is not a regular file"),
    ("nj.load(FILES .. '/pipe')", "not a regular file"),
    ("nj.audio.read(FILES .. '/pipe')", "it is not a regular file"),
    ("nj.fs.list(FILES .. '/pipe')", "not a regular file"),
    ("nj.fs.write(FILES .. '/pipe', 'x')", "it is not a regular file"),
    ("nj.fs.read(FILES)", "it is a folder"),
    ("nj.fs.read(FILES .. '/deep/')", "it is a folder"),
    ("nj.fs.write(FILES .. '/deep', 'x')", "it is a folder"),
    ("nj.fs.write(FILES .. '/up', 'x')", "it is a folder"), ("nj.fs.write(FILES, 'x')", "it is a folder"),
    ("nj.fs.list(FILES .. '/plain')", "it is a file, not a folder"),
    ("nj.fs.read(FILES .. '/plain/b')", "a part of its path is not a folder"),
    ("nj.fs.write(FILES .. '/plain/b', 'x')", "a part of its path is not a folder"),
    ("nj.fs.read(FILES .. '/' .. ('n'):rep(256))", "File name too long"),
    ("nj.fs.write(FILES .. '/' .. ('n'):rep(256), 'x')", "File name too long"),
  ]

  @Test(arguments: odd) func onlyPlainFilesAreFiles(_ script: String, _ says: String) throws {
    let failure = try #require(try GateState().state.failure(script))
    #expect(failure.line.contains(says), "\(failure.line)")
    #expect(failure.line.contains("/files"), "\(failure.line)")
    #expect(failure.exitCode == .data)
  }

  /// Granting the whole disk grants no devices, and no other process's secrets.
  @Test(arguments: [
    "/dev/zero", "/dev/stdin", "/dev/full", "/dev/tty", "/proc/self/environ", "/proc/self/mem",
    "/proc/self/maps",
    "/proc/self/root/proc/self/environ", "/proc/1/environ", "/proc/thread-self/environ",
  ])
  func aWholeDiskHasNoDevices(_ path: String) throws {
    let state = try BindingsState()
    state.context.files = try FileGate(read: ["/"])
    let failure = try #require(state.failure("nj.fs.read('\(path)')"))
    #expect(failure.exitCode == .data, "\(failure)")
    #expect(try state.run("return #nj.fs.read('/usr/../etc/./passwd') > 0") == [true])
  }

  @Test func messagesNameTheFlag() throws {
    let gate = try GateState()
    let root = gate.state.root
    let says = [
      ("nj.fs.read(SECRET .. '/a')", "it is not in a granted folder. Hint: add --allow "),
      ("nj.fs.read(SECRET .. '/a')", "fs.read=\(root)/secret"),
      ("nj.fs.list(SECRET)", "fs.read=\(root)/secret"),
      ("nj.data.words { path = SECRET }", "fs.read=\(root)/secret"),
      ("nj.fs.write('new.txt', '')", "Hint: add --allow fs.write=."),
      ("nj.fs.read('../x y/a')", "Hint: add --allow 'fs.read=../x y'"),
      ("nj.fs.read([[/a; rm 'x'/b]])", #"Hint: add --allow 'fs.read=/a; rm '\''x'\'''"#),
      (
        "nj.fs.read(FILES .. '/link/a')",
        "a symbolic link leads out of the granted folders, to \(root)/secret. Hint: add"
      ),
      // Of links outside, nothing is told.
      ("nj.fs.read('/proc/self/cwd')", "it is not in a granted folder. Hint: add --allow fs.read=/proc/self"),
      ("nj.env('HO ME')", "Hint: add --allow 'env=HO ME'"),
    ]
    for (script, text) in says {
      let failure = try #require(gate.state.failure(script))
      #expect(failure.line.contains(text), "\(failure.line)")
      #expect(failure.exitCode == .script)
    }
  }
}
