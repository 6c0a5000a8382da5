import Foundation
import Support

/// The archive in which MSWC's few-shot subset is distributed: `.tar`, `.tar.gz` or `.tgz`.
struct MSWCArchiveLayout: DatasetLayout {
  let name = "MSWC's archive"
  let example = "`base_train.csv` in a .tar or .tar.gz"
  let list: String? = nil

  func recognizes(_ source: DatasetSource) -> Bool {
    [".tar", ".tar.gz", ".tgz"].contains { source.path.lowercased().hasSuffix($0) }
  }

  func contents(of source: DatasetSource) -> DatasetContents { .archive(TarArchive(source.path)) }
}

/// An archive that the `tar` program extracts.
struct TarArchive {
  let path: String

  init(_ path: String) { self.path = path }

  /// Extracts everything into `folder` and returns the folder in it that is a data set.
  ///
  /// All entries are checked before the first is written: one that is neither file nor folder, is absolute, or
  /// contains `..` makes the whole archive refused.
  ///
  /// - Throws: ``ImportError`` for an unsafe entry or an archive without a data set, `ProgramError` when `tar` is
  ///   missing or fails, `InterruptionError` after Ctrl-C.
  func extract(into folder: String, console: Console) throws -> String {
    guard let tar = Subprocess.find("tar") else {
      throw ProgramError(
        work: "extracting \(path)", reason: "the program tar is not on PATH",
        hint: "install it (`apt install tar`), or extract the archive and pass its folder with --data")
    }
    try FileStatus.requireRegular(path)
    console.say("checking the entries of \(path)")
    let names = try run(tar, ["-tf", path]).split(separator: "\n")
    let kinds = try run(tar, ["-tvf", path]).split(separator: "\n").map(\.first)
    guard names.count == kinds.count else {
      throw ImportError.unsafeEntry(archive: path, entry: "(a name with a line break)")
    }
    for (name, kind) in zip(names, kinds) {
      let isPlain = kind == "-" || kind == "d"
      guard isPlain, String(name).isInsidePath else {
        throw ImportError.unsafeEntry(archive: path, entry: String(name))
      }
    }
    try Interruption.check("the import")
    console.say("extracting \(names.count) entries")
    _ = try run(tar, ["-xf", path, "-C", folder, "--no-same-owner", "--no-same-permissions"])
    let folders = try [folder] + PlainFiles().names(folder).map { "\(folder)/\($0)" }
    guard let root = folders.first(where: DataFolder.isDataset) else {
      throw ImportError.source(
        path: path, reason: "it contains no \(DatasetLayouts.lists.joined(separator: " or "))",
        hint: "only archives of MSWC's few-shot subset can be imported; "
          + "extract other archives and import the folder")
    }
    return root
  }

  private func run(_ tar: String, _ arguments: [String]) throws -> String {
    let hint = "download the archive again, or check the free space on the disk"
    // A colon in a name would make tar look for another machine.
    let local = path.contains(":") ? ["--force-local"] : []
    let result = try Subprocess.run(
      tar, local + arguments, work: "extracting \(path)", hint: hint)
    guard result.status == 0 else {
      try Interruption.check("the import")
      throw ProgramError(work: "extracting \(path)", reason: result.errors, hint: hint)
    }
    return String(decoding: result.output, as: UTF8.self)
  }
}
