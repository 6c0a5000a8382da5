import Foundation

/// Contents that stand under a file's name instead of the file itself: its download or checkout did not finish.
///
/// Whoever cannot read a file asks for these before calling the file damaged or its format unknown, since converting or
/// repairing such contents cannot help.
public enum ForeignContent: Sendable, Hashable {
  /// The file has no bytes.
  case empty
  /// The text that Git LFS keeps in a repository instead of a large file, or that git-annex does.
  case pointer(program: String)
  /// A page of a web server, or its error message.
  case webPage

  /// How many bytes of a file's start are examined.
  public static let examined = 1_024

  /// Recognizes contents by a file's first bytes, ``examined`` of them at most; nil for any other contents.
  public init?(start: some Sequence<UInt8>) {
    let bytes = Array(start.prefix(Self.examined))
    guard !bytes.isEmpty else {
      self = .empty
      return
    }
    // Marks are ASCII; a byte order mark and blanks may stand before them.
    let text = String(decoding: bytes, as: Unicode.ASCII.self).lowercased()
    let body = text.drop { $0.isWhitespace || $0 == "\u{FFFD}" }
    if body.hasPrefix("version https://git-lfs.") || body.hasPrefix("version https://hawser.") {
      self = .pointer(program: "Git LFS")
    } else if body.hasPrefix("/annex/objects/") {
      self = .pointer(program: "git-annex")
    } else if body.hasPrefix("<"), Self.pageMarks.contains(where: { body.contains($0) }) {
      self = .webPage
    } else {
      return nil
    }
  }

  /// Recognizes the contents of a file; nil when it has others or cannot be read, or is no file.
  public init?(file path: String) {
    guard FileStatus(path)?.kind == .file, let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    guard let start = try? handle.read(upToCount: Self.examined) ?? Data() else { return nil }
    self.init(start: start)
  }

  private static let pageMarks = ["<!doctype html", "<html", "<head", "<body", "<title", "<error>", "<?xml"]

  /// What the file is, as the second half of a sentence: `it is a Git LFS pointer, the file itself was not fetched`.
  public var message: ErrorMessage {
    switch self {
    case .empty:
      ErrorMessage("it is empty (0 bytes)", hint: "copy or download it again")
    case .pointer("Git LFS"):
      ErrorMessage(
        "it is a Git LFS pointer, the file itself was not fetched",
        hint: "run `git lfs pull` in its repository")
    case .pointer(let program):
      ErrorMessage(
        "it is a \(program) pointer, the file itself was not fetched",
        hint: "run `git annex get` in its repository")
    case .webPage:
      ErrorMessage(
        "it is a web page, the file itself was not fetched",
        hint: "download the file itself; a link to its page, or one that needs a login, gives a page")
    }
  }
}
