/// What one check found.
struct Finding: Encodable {
  enum State: String, Encodable {
    case ok
    /// Some things cannot be done without it, most can.
    case absent
    /// Nightjar is of no use without it.
    case missing
  }

  let state: State
  /// What was looked at, one word.
  let subject: String
  /// What is there, or what is not.
  let detail: String
  /// What to do about it; empty when all is well.
  var remedy = ""

  /// One line, and one more for what to do.
  var text: String {
    let head = Self.padded(state.rawValue, 9) + Self.padded(subject, 11)
    return head + detail + (remedy.isEmpty ? "" : "\n" + String(repeating: " ", count: 20) + "→ " + remedy)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
