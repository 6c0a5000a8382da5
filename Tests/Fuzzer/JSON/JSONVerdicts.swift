import ArgumentParser
import Foundation
import LuaHost
import Scripting
import Support
import Tensors

/// Writes random JSON documents, with what `nj.json` makes of each, for Tests/Python/json_reader.py to compare.
struct JSONVerdictsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "json-verdicts", abstract: "Writes random JSON documents, and a line of JSON for each")

  /// One document, and what it was decoded and encoded again as, or why it was refused.
  private struct Verdict: Encodable {
    let number: Int
    let document: Data
    var text: String?
    var refusal: String?
  }

  @Option(help: "Documents to make.") var documents = 10_000
  @Option(help: "What the documents follow from.") var seed: UInt64 = 1
  @Option(help: "The first document.") var first = 0

  func run() throws {
    let script = try JSONScript()
    let encoder = JSONEncoder()
    for number in first..<first + documents {
      var maker = JSONDocument(seed: seed, number: number)
      let document = maker.make()
      var verdict = Verdict(number: number, document: Data(document))
      let start = JSONScript.processorSeconds
      switch try script.decodeAndEncode(document) {
      case .success(let text): verdict.text = text
      case .failure(let refusal): verdict.refusal = refusal.message.what
      }
      // A megabyte takes some hundredths of a second, under a sanitizer some tenths.
      let allowed = 1 + Double(document.count) / 100_000
      let seconds = JSONScript.processorSeconds - start
      guard seconds <= allowed else { throw Finding("document \(number) of seed \(seed) took \(seconds) s") }
      try FileHandle.standardOutput.write(contentsOf: encoder.encode(verdict) + [0x0A])
      if number % 1_000 == 0 { try MemoryWatch.check() }
    }
  }
}

/// A script that decodes a document and encodes the value again.
private final class JSONScript {
  private let state: LuaState
  private let function: LuaReference

  /// - Throws: `ScriptError`.
  init() throws {
    state = try LuaState(seed: 1)
    let device = Device(pool: MemoryPool(budget: 1 << 20), threads: 1)
    let console = Console(style: .quiet)
    let folder = NSTemporaryDirectory() + "/nightjar-json-\(getpid())"
    state.attach(
      ScriptContext(
        device: device, seed: 1, console: console, cache: StageCache(folder: folder, console: console),
        run: FuzzedRun(folder)))
    state.pool = device.pool
    state.limits[.luaMemory] = Double(64 << 20)
    try NightjarModule.install(in: state)
    let environment = try state.makeEnvironment(["nj": state.module("nightjar")].compactMapValues { $0 })
    let text = "return function(text) return nj.json.encode(nj.json.decode(text)) end"
    guard
      let function = try state.call(state.load(text, path: "json.lua", environment: environment)).first?
        .function
    else { throw Finding("the script returned no function") }
    self.function = function
  }

  /// - Throws: ``Finding`` for another error than a refusal of the document, or a text that is not UTF-8.
  func decodeAndEncode(_ document: [UInt8]) throws -> Result<String, ScriptError> {
    do {
      guard let text = try state.call(function, [LuaValue(string: document)]).first?.string else {
        throw Finding("the encoded value is no text")
      }
      return .success(text)
    } catch let error as ScriptError {
      guard error.message.what.contains("decode: line ") else { throw Finding("\(error.line)") }
      return .failure(error)
    }
  }

  static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
