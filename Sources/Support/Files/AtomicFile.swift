import Foundation

/// Files that are written completely or not at all: under a temporary name, flushed to the disk, then renamed.
public enum AtomicFile {
  /// Writes `bytes` to `path`.
  ///
  /// - Throws: ``FileError``.
  public static func write(_ bytes: Data, to path: String) throws {
    try replace(path) { temporary in
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw FileError(errnoOf: "write", path) }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      do { try handle.write(contentsOf: bytes) } catch {
        throw FileError(errnoOf: "write", path)
      }
    }
  }

  /// Writes `text` as UTF-8 to `path`.
  ///
  /// - Throws: ``FileError``.
  public static func write(_ text: String, to path: String) throws {
    try write(Data(text.utf8), to: path)
  }

  /// Calls `produce` with a temporary name of the same extension, then renames the file to `path`.
  ///
  /// - Throws: what `produce` throws, after removing the temporary file; ``FileError`` when renaming fails.
  public static func replace(_ path: String, produce: (_ temporary: String) throws -> Void) throws {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    // Truncated, so that there is room for the rest of the name.
    let name = String(decoding: url.deletingPathExtension().lastPathComponent.utf8.prefix(40), as: UTF8.self)
    let stem = ".\(name).\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let temporary = folder + "/" + stem + (url.pathExtension.isEmpty ? "" : "." + url.pathExtension)
    do {
      try produce(temporary)
      try synchronise(temporary)
      guard rename(temporary, path) == 0 else { throw FileError(errnoOf: "write", path) }
      try synchronise(folder)
    } catch {
      unlink(temporary)
      // The temporary name tells nobody anything.
      guard let error = error as? FileError, error.path == temporary else { throw error }
      throw error.renamed(path)
    }
  }

  /// Creates a folder and its parents.
  ///
  /// - Throws: ``FileError``.
  public static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 { return }
    var reason = errno
    let parent = path.parentFolder
    if reason == ENOENT, !parent.isEmpty, parent != path {
      try makeFolder(parent)
      if mkdir(path, 0o777) == 0 { return }
      reason = errno
    }
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    // Also when another process has created it meanwhile.
    if isThere, isFolder.boolValue { return }
    if isThere {
      throw FileError(
        "make the folder", path, reason: "a file of this name is in the way", hint: writableHint)
    }
    errno = reason
    let error = FileError(errnoOf: "make the folder", path)
    throw FileError(error.action, path, reason: error.reason, hint: error.hint ?? writableHint)
  }

  /// Checks that a folder, or one that would be created for it, can be written: by writing, since permissions alone
  /// do not tell of a read-only disk.
  ///
  /// - Throws: ``FileError``.
  public static func requireWritable(_ path: String) throws {
    var folder = path
    while !FileManager.default.fileExists(atPath: folder) {
      let parent = folder.parentFolder
      folder = parent.isEmpty ? "." : parent
    }
    guard FileStatus(folder)?.kind == .folder else {
      throw FileError(
        "make the folder", path, reason: "a file of this name is in the way", hint: writableHint)
    }
    let probe = "\(folder)/.\(getpid()).\(UInt32.random(in: 0 ... .max))"
    guard mkdir(probe, 0o700) == 0 else {
      let error = FileError(errnoOf: folder == path ? "write in the folder" : "make the folder", path)
      throw FileError(error.action, path, reason: error.reason, hint: error.hint ?? writableHint)
    }
    rmdir(probe)
  }

  static let writableHint = "name a folder that can be written"

  private static func synchronise(_ path: String) throws {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw FileError(errnoOf: "flush", path) }
    defer { close(descriptor) }
    // Folders on some file systems cannot be flushed (EINVAL); the rename is then as safe as it gets there.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError(errnoOf: "flush", path) }
  }
}

extension String {
  /// The path of the folder that contains this path; empty for a single component, "/" for one in the root.
  ///
  /// Foundation's `deletingLastPathComponent` ends the program for a path of one letter.
  public var parentFolder: String {
    // As bytes: to Swift, a slash before a combining mark is another character.
    let slash = UInt8(ascii: "/")
    let whole = utf8[..<(utf8.lastIndex { $0 != slash }.map { utf8.index(after: $0) } ?? utf8.startIndex)]
    guard let end = whole.lastIndex(of: slash) else { return utf8.first == slash ? "/" : "" }
    let above = whole[..<end]
    return above.lastIndex { $0 != slash }.map { String(decoding: above[...$0], as: UTF8.self) } ?? "/"
  }

  /// The text as a file name: letters, digits, `-`, `_` and `.`, at most 80 characters, not starting with a dot.
  public var fileSlug: String {
    let safe = map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    let cut = String(String(safe.drop { $0 == "." }).prefix(80))
    return cut.isEmpty ? "run" : cut
  }
}
