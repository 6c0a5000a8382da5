import Foundation
import LuaHost
import Networks
import Support

/// A profile in the Trace Event Format of Chrome, which chrome://tracing and Perfetto display.
///
/// Source: "Trace Event Format", Google, 2016: complete events (`ph` = "X") with times in microseconds.
public struct ChromeTrace: Encodable {
  /// One event.
  struct Event: Encodable {
    let name: String
    let cat: String
    let ph: String
    let ts: Double
    var dur: Double?
    let pid: Int
    let tid: Int
    var args: [String: String] = [:]
  }

  let traceEvents: [Event]
  let displayTimeUnit = "ms"
  let otherData: [String: String]

  /// The spans of a profile's calls and layers.
  public init(_ calls: CallProfile, _ layers: LayerProfile, version: String) {
    let process = Int(getpid())
    func event(
      _ name: String, _ kind: String, _ start: Int, _ duration: Int, row: Int, _ args: [String: String] = [:]
    )
      -> Event
    {
      Event(
        name: name, cat: kind, ph: "X", ts: Double(start) / 1000, dur: Double(duration) / 1000, pid: process,
        tid: row,
        args: args)
    }
    func name(_ row: Int, _ text: String) -> Event {
      Event(
        name: "thread_name", cat: "__metadata", ph: "M", ts: 0, dur: nil, pid: process, tid: row,
        args: ["name": text])
    }
    let ofCalls = calls.spans.map { span in
      let location = "\(span.site.file):\(span.site.line)"
      return event(
        span.isLua ? location : CostReceipt.shown(span.site.function), span.isLua ? "lua" : "native",
        span.start,
        span.duration, row: 1, ["line": location])
    }
    let ofLayers = layers.spans.map { event($0.name, "layer", $0.start - calls.began, $0.duration, row: 2) }
    traceEvents =
      [name(1, "Lua and native calls"), name(2, "layers")] + (ofCalls + ofLayers).sorted { $0.ts < $1.ts }
    otherData = [
      "version": version,
      "omitted": "\(calls.omittedSpans) calls of less than 20 µs, or beyond the first 500000",
    ]
  }

  /// Writes the trace as JSON.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(self), to: path)
  }
}
