import Foundation
import Support

/// An archive of a source in any other layout: `.tar`, compressed by gzip, xz, bzip2 or zstd, or `.zip`.
struct ArchiveLayout: DatasetLayout {
  let name = "an archive"
  let example = "either of them, or MSWC's layout, in a .tar, .tar.gz, .tar.xz or .zip"
  let list: String? = nil

  private static let endings = [
    ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".zip",
  ]

  func recognizes(_ source: DatasetSource) throws -> Bool {
    guard try source.files.kind(source.path) == .file else { return false }
    let name = source.path.lowercased()
    return try Self.endings.contains { name.hasSuffix($0) }
      || source.files.read(source.path, Archive.hasSignature)
  }

  func contents(of source: DatasetSource) -> DatasetContents { .archive(Archive(source.path)) }
}

/// An archive that the `tar` or `unzip` program extracts.
struct Archive {
  let path: String

  init(_ path: String) { self.path = path }

  private static let zipSignature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  /// Of gzip, xz, bzip2 and zstd.
  private static let compressed: [[UInt8]] = [
    [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x42, 0x5A, 0x68], [0x28, 0xB5, 0x2F, 0xFD],
  ]

  /// Whether a file begins as an archive does, whatever its name.
  static func hasSignature(_ path: String) -> Bool {
    let start = start(of: path)
    let isTar = start.count > 262 && start[257..<262].elementsEqual("ustar".utf8)
    return isTar || start.starts(with: zipSignature) || compressed.contains { start.starts(with: $0) }
  }

  private static func start(of path: String) -> [UInt8] {
    guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? handle.close() }
    return [UInt8]((try? handle.read(upToCount: 512)) ?? Data())
  }

  /// Extracts everything into `folder`.
  ///
  /// All entries are checked before the first is written: one that is neither file nor folder, is absolute, or
  /// contains `..` makes the whole archive refused.
  ///
  /// - Throws: ``ImportError`` for an unsafe entry, a file that is no archive, or a damaged one; `ProgramError` when
  ///   the program is missing, `FileError` for a full disk, `InterruptionError` after Ctrl-C.
  func extract(into folder: String, console: Console) throws {
    try FileStatus.requireRegular(path)
    if let message = ForeignContent(file: path)?.message {
      throw ImportError.source(path: path, reason: message.what, hint: message.hint)
    }
    let isZip = Self.start(of: path).starts(with: Self.zipSignature)
    let program = isZip ? "unzip" : "tar"
    guard let found = Subprocess.find(program) else {
      throw ProgramError(
        work: "extracting \(path)", reason: "the program \(program) is not on PATH",
        hint: "install it (`apt install \(program)`), or extract the archive and import its folder")
    }
    console.say("checking the entries of \(path)")
    let entries = try isZip ? zipEntries(found) : tarEntries(found)
    for entry in entries where !entry.isPlain || !entry.name.replacing("\\", with: "/").isInsidePath {
      throw ImportError.unsafeEntry(archive: path, entry: entry.name)
    }
    try Interruption.check("the import")
    console.say("extracting \("entry".counted(entries.count, plural: "entries"))")
    let arguments =
      isZip
      ? ["-q", path, "-d", folder]
      // A colon in a name would make tar look for another machine.
      : ["--force-local", "-xf", path, "-C", folder, "--no-same-owner", "--no-same-permissions"]
    do { _ = try run(found, arguments) } catch let error as ImportError {
      throw FileError.diskFull(writing: folder + "/entry")?.renamed(folder) ?? error
    }
  }

  /// An entry, and whether it is a file or a folder.
  private typealias Entry = (name: String, isPlain: Bool)

  private func tarEntries(_ tar: String) throws -> [Entry] {
    try entries(
      names: run(tar, ["--force-local", "-tf", path]), details: run(tar, ["--force-local", "-tvf", path]),
      plain: "-d")
  }

  private func zipEntries(_ unzip: String) throws -> [Entry] {
    // Programs without Unix permissions leave the kind open.
    let details = try run(unzip, ["-Z", "-s", "--h", "--t", path])
    return try entries(names: run(unzip, ["-Z1", path]), details: details, plain: "-d?")
  }

  /// Entries by two listings, of which the second begins each line with the entry's kind.
  private func entries(names: String, details: String, plain: String) throws -> [Entry] {
    let names = names.split(separator: "\n").map(String.init)
    let kinds = details.split(separator: "\n").compactMap(\.first)
    guard names.count == kinds.count else {
      throw ImportError.unsafeEntry(archive: path, entry: "(a name with a line break)")
    }
    return zip(names, kinds).map { ($0, plain.contains($1)) }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let hint = "download the archive again, or extract it and import its folder"
    // unzip needs a locale with Unicode to write names as they are.
    let env = Subprocess.find("env") ?? "/usr/bin/env"
    let result = try Subprocess.run(
      env, ["LC_ALL=C.UTF-8", program] + arguments, work: "extracting \(path)", hint: hint)
    guard result.status == 0 else {
      try Interruption.check("the import")
      let said = "\((program as NSString).lastPathComponent) says: \(result.errors)"
      if result.errors.contains("Cannot exec") {
        throw ImportError.source(
          path: path, reason: "the program that decompresses it is missing (\(said))",
          hint: "install it, such as xz-utils or zstd, or extract the archive and import its folder")
      }
      throw ImportError.source(
        path: path, reason: "the archive is damaged, or a part of it is missing (\(said))", hint: hint)
    }
    return String(decoding: result.output, as: UTF8.self)
  }
}
