import Foundation
import Synchronization

/// A progress line: label, done/total, rate, time left. Safe to call from many threads.
public final class Progress: Sendable {
  private struct State {
    var done = 0
    var lastShown: Double
    var finished = false
  }

  private let label: String
  private let total: Int
  private let unit: String
  private let console: Console
  private let started: Double
  private let state: Mutex<State>

  /// Starts a line for `total` steps, counted in `unit`, a plural such as `clips`.
  public init(_ label: String, total: Int, unit: String = "", on console: Console) {
    self.label = label
    self.total = total
    self.unit = unit
    self.console = console
    started = Self.now()
    state = Mutex(State(lastShown: started))
  }

  /// Counts completed steps, with a remark to display after them.
  public func advance(by steps: Int = 1, remark: String = "") {
    state.withLock { state in
      state.done += steps
      let now = Self.now()
      // A terminal can be redrawn often; a log should not fill with lines.
      let pause: Double = console.style == .line ? 0.1 : 10
      guard console.displaysProgress, state.done < total, now - state.lastShown >= pause else { return }
      state.lastShown = now
      show(text(done: state.done, at: now, remark: remark), ended: false)
    }
  }

  /// Ends the line with the elapsed time.
  public func finish(remark: String = "") {
    state.withLock { state in
      guard !state.finished, console.displaysProgress else { return }
      state.finished = true
      let seconds = Self.now() - started
      let tail = remark.isEmpty ? "" : "  \(remark)"
      show("\(label): \(counted(state.done)) in \(Self.duration(seconds))\(tail)", ended: true)
    }
  }

  /// `1 clip`, `2 clips`; `none of 5 clips` of what ended before its first step.
  private func counted(_ done: Int) -> String {
    if done == 0, total > 0 { return "none of \(total) \(unit)" }
    let one = unit.hasSuffix("ches") ? unit.dropLast(2) : unit.hasSuffix("s") ? unit.dropLast() : unit[...]
    return "\(done) \(done == 1 ? String(one) : unit)"
  }

  private func text(done: Int, at now: Double, remark: String) -> String {
    let elapsed = Swift.max(now - started, 1e-3)
    let rate = Double(done) / elapsed
    let left = Double(total - done) / Swift.max(rate, 1e-9)
    let speed = rate >= 10 ? String(Int(rate)) : String(format: "%.1f", rate)
    let tail = remark.isEmpty ? "" : "  \(remark)"
    return "\(label): \(done)/\(total) \(unit)  \(speed)/s  \(Self.duration(left)) left\(tail)"
  }

  private func show(_ text: String, ended: Bool) {
    switch console.style {
    case .line: console.write("\r\u{1B}[K" + text + (ended ? "\n" : ""))
    case .plain: console.write(text + "\n")
    case .quiet, .silent: break
    }
  }

  private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

  /// Short times with three digits: `12.3 µs`, `4.56 ms`; longer ones as ``duration(_:)``.
  public static func precise(_ seconds: Double) -> String {
    if seconds < 1e-3 { return String(format: "%.3g µs", seconds * 1e6) }
    if seconds < 1 { return String(format: "%.3g ms", seconds * 1e3) }
    return seconds < 10 ? String(format: "%.2f s", seconds) : duration(seconds)
  }

  /// `20 ms`, `3.2 s`, `41 s`, `2 min 05 s`.
  public static func duration(_ seconds: Double) -> String {
    if seconds < 0.095 { return "\(max(1, Int((seconds * 1000).rounded()))) ms" }
    if seconds < 10 { return String(format: "%.1f s", seconds) }
    if seconds < 100 { return "\(Int(seconds.rounded())) s" }
    let whole = Int(seconds.rounded())
    return "\(whole / 60) min \(String(format: "%02d", whole % 60)) s"
  }
}
