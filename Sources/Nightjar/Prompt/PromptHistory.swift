import Foundation
import Support

/// The lines typed at the prompt, in a file of the user's state folder: one a line, the last 2,000.
///
/// Lines are appended as they are typed, so that two prompts at once lose none. Where the file cannot be written, the
/// history ends with the prompt.
struct PromptHistory {
  private static let maxLines = 2000
  private let path: String
  let lines: [String]

  init(path: String = UserFolder.state.path() + "/history") {
    self.path = path
    let text =
      (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let all = text.split(separator: "\n").map(String.init)
    lines = all.suffix(Self.maxLines)
    if all.count > 2 * Self.maxLines {
      try? AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: path)
      chmod(path, S_IRUSR | S_IWUSR)
    }
  }

  /// Appends a line to the file, which only the user may read.
  func append(_ line: String) {
    guard !line.isEmpty, (try? AtomicFile.makeFolder(path.parentFolder)) != nil else { return }
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)
    guard file >= 0 else { return }
    defer { close(file) }
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  }
}
