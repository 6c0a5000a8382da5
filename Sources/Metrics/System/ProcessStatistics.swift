import Foundation

/// Statistics of this process, by the system.
public enum ProcessStatistics {
  /// The peak memory of the process, in bytes: `VmHWM` of /proc/self/status, the peak of its
  /// resident memory, code and libraries included.
  ///
  /// - Throws: ``MeasurementError`` where the file is missing or lacks the value.
  public static func peakMemory() throws(MeasurementError) -> Int {
    try peakMemory(root: "/proc", files: .system)
  }

  /// The time since the process was started, in seconds, in steps of the system's clock tick, 0.01 s by default.
  ///
  /// `uptime − starttime`: called at the first result, it is the start-up time, loading included.
  /// - Throws: ``MeasurementError`` where a file is missing or lacks the value.
  public static func secondsSinceStart() throws(MeasurementError) -> Double {
    try secondsSinceStart(root: "/proc", ticks: sysconf(Int32(_SC_CLK_TCK)), files: .system)
  }

  /// ``peakMemory()`` from other files than the system's.
  ///
  /// - Throws: as ``peakMemory()``.
  package static func peakMemory(root: String, files: SystemFiles) throws(MeasurementError) -> Int {
    let path = root + "/self/status"
    let text = try read(path, "the peak memory", files)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else {
      throw .notReadable(
        what: "the peak memory", path: path, reason: "no line VmHWM", hint: "this kernel does not provide it")
    }
    let words = line.dropFirst(6).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[1] == "kB", let kibibytes = Int(words[0]), kibibytes >= 0,
      kibibytes < 1 << 52
    else { throw .malformed(path: path, text: String(line), expected: "a line such as VmHWM: 1234 kB") }
    return kibibytes * 1024
  }

  /// ``secondsSinceStart()`` from other files than the system's, by a clock of `ticks` ticks in a second.
  ///
  /// - Throws: as ``secondsSinceStart()``.
  package static func secondsSinceStart(
    root: String, ticks: Int, files: SystemFiles
  ) throws(MeasurementError) -> Double {
    let what = "the start of the process"
    let path = root + "/self/stat"
    let clock = root + "/uptime"
    let text = try read(path, what, files)
    // The second field is the program's name in parentheses, which may contain anything; field 22 is starttime.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard ticks > 0, fields.count > 20, let start = Double(fields[20]), start >= 0 else {
      throw .malformed(path: path, text: text, expected: "the 22 fields of a process or more")
    }
    let up = try read(clock, what, files)
    guard let first = up.split(separator: " ").first, let now = Double(first), now >= 0 else {
      throw .malformed(path: clock, text: up, expected: "the seconds since the system started")
    }
    // Both are cut to a tick, so a process just started may seem to start in the future.
    return max(now - start / Double(ticks), 0)
  }

  private static func read(
    _ path: String, _ what: String, _ files: SystemFiles
  ) throws(MeasurementError) -> String {
    do { return try files.text(path) } catch {
      throw .notReadable(
        what: what, path: path, reason: error.reason,
        hint: "this needs Linux with /proc mounted")
    }
  }
}
