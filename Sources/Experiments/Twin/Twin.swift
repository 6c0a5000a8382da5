import Foundation
import LuaHost
import Networks
import Scripting
import Support
import Synchronization
import Tensors

/// Two runs on one seed, which are compared tensor by tensor: two scripts, or two plugins of one kind on made-up data.
public struct Twin {
  /// One of the two.
  public enum Side: Sendable {
    case script(path: String)
    case plugin(PluginKind, name: String)
  }

  private let options: HostOptions
  private let tolerance: Double
  /// As the main thread has: Lua and the host call each other many levels deep.
  private static let stackSize = 16 << 20

  /// A comparison within a tolerance (`TensorDistance`), of runs with these options.
  public init(_ options: HostOptions, tolerance: Double) {
    self.options = options
    self.tolerance = tolerance
  }

  /// Runs both to the first difference, or to their ends.
  ///
  /// - Throws: ``TwinError`` for a side that failed; `InterruptionError`.
  public func run(_ a: Side, _ b: Side) throws -> TwinMeeting.Verdict {
    // The same clips for both: their order is drawn from their files.
    try PluginChecker.withData { try run(a, b, data: $0) }
  }

  private func run(_ a: Side, _ b: Side, data: String) throws -> TwinMeeting.Verdict {
    let meeting = TwinMeeting(tolerance: tolerance)
    let failures = Mutex<[Int: any Error]>([:])
    let ends = DispatchSemaphore(value: 0)
    for (number, side) in [a, b].enumerated() {
      let thread = Thread { [options] in
        var script: String?
        if case .script(let path) = side { script = path }
        let recorder = TwinRecorder(meeting, side: number, script: script)
        do { try Self.run(side, options, data, recorder, meeting) } catch {
          if !meeting.isOver { failures.withLock { $0[number] = error } }
        }
        meeting.end(number)
        ends.signal()
      }
      thread.stackSize = Self.stackSize
      thread.start()
    }
    for _ in 0..<2 { ends.wait() }
    try Interruption.check("comparing two runs")
    if let (number, error) = failures.withLock({ $0.min { $0.key < $1.key } }) {
      throw TwinError(side: number, error)
    }
    return try meeting.verdict()
  }

  private static func run(
    _ side: Side, _ options: HostOptions, _ data: String, _ recorder: TwinRecorder, _ meeting: TwinMeeting
  ) throws {
    var options = options
    options.isQuiet = true
    let host = try ScriptHost(options)
    func prepare(_ state: LuaState) {
      // Uncatchable, as Ctrl-C is.
      state.isInterrupted = { meeting.isOver || Interruption.isRequested }
      state.print = { _ in }
      state.startTrace(recorder)
    }
    switch side {
    case .script(let path):
      prepare(host.state)
      try LayerTracing.by(recorder) { _ = try host.run(file: path) }
    case .plugin(let kind, let name):
      let plugin = try host.library.plugin(kind, name, in: host.state)
      var settings = TrialSettings(of: host.context, host.library, options.limits)
      settings.onState = prepare
      let encoder = try host.library.plugin(.encoder, plugin.encoder ?? "mfcc", in: host.state)
      let report = try LayerTracing.by(recorder) {
        try PluginChecker.with(settings, data: data) { checker in
          try checker.check(PluginChoice(plugin), encoder: PluginChoice(encoder))
        }
      }
      if report.outcome == .failed, !meeting.isOver { throw PluginCheckError([report]) }
    }
  }
}

/// One of two runs failed.
public struct TwinError: NightjarError {
  public let message: ErrorMessage
  public let exitCode: ExitCode

  init(side: Int, _ error: any Error) {
    let name = side == 0 ? "the first" : "the second"
    message = ErrorMessage("\(name) of the two failed: \(error)")
    exitCode = (error as? any NightjarError)?.exitCode ?? .script
  }
}
