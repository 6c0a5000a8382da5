/// How a case went wrong.
struct Failure {
  /// What two failures of one cause have in common.
  let signature: String
  /// What the process said.
  let report: String

  /// The failure of a process that ended with this status after these words; nil when it ended well.
  init?(status: Int32, words: String) {
    guard status != 0 else { return nil }
    let lines = words.split(separator: "\n").map(String.init)
    let telling = lines.first { line in Self.marks.contains { line.contains($0) } }
    let what = telling ?? (status < 0 ? "signal \(-status)" : "exit code \(status)")
    let place = lines.first { line in Self.modules.contains { line.contains($0) } && line.contains(" in ") }
    signature = Self.plain(what) + (place.map { " | " + Self.plain($0) } ?? "")
    report = words
  }

  /// A case that did not end.
  init(hangAfter seconds: Double) { (signature, report) = ("no end after \(Int(seconds)) s", "") }

  private static let marks = ["finding: ", "SUMMARY: ", "runtime error: ", "Fatal error: "]
  private static let modules = [
    "Tensors", "Networks", "Audio", "FewShot", "Metrics", "Scripting", "LuaBridge", "nj_",
  ]

  /// Without what differs from run to run: digits.
  private static func plain(_ text: String) -> String {
    String(text.filter { !$0.isNumber }.prefix(240))
  }
}
