import Foundation
import Support

/// An archive, unpacked by the `tar` program.
struct TarArchive {
  let path: String

  init(_ path: String) { self.path = path }

  /// Whether a file's name says that it is such an archive.
  static func isNamed(_ path: String) -> Bool {
    [".tar", ".tar.gz", ".tgz"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Unpacks everything into `folder` and returns the folder in it that holds `base_train.csv`.
  ///
  /// All entries are looked at before the first is written: one that is no file or folder, is absolute or has
  /// `..` in it refuses the archive.
  func extract(into folder: String, console: Console) throws -> String {
    guard let tar = Subprocess.find("tar") else {
      throw ProgramError(
        work: "unpacking \(path)", reason: "the program tar is not on PATH",
        hint: "install it (`apt install tar`), or unpack the archive and name its folder with --data")
    }
    console.say("looking through \(path)")
    let names = try run(tar, ["-tf", path]).split(separator: "\n")
    let kinds = try run(tar, ["-tvf", path]).split(separator: "\n").map(\.first)
    guard names.count == kinds.count else {
      throw ImportError.unsafeEntry(archive: path, entry: "(unclear names)")
    }
    for (name, kind) in zip(names, kinds) {
      let isPlain = kind == "-" || kind == "d"
      guard isPlain, ClipPaths.isSafe(String(name)) else {
        throw ImportError.unsafeEntry(archive: path, entry: String(name))
      }
    }
    try Interruption.check("the import")
    console.say("unpacking \(names.count) entries")
    _ = try run(tar, ["-xf", path, "-C", folder, "--no-same-owner", "--no-same-permissions"])
    let inside = try FolderContents.names(folder).map {
      folder + "/" + $0
    }
    guard
      let root = ([folder] + inside).first(where: {
        FileManager.default.fileExists(atPath: $0 + "/base_train.csv")
      })
    else {
      throw ImportError.source(
        path: path,
        reason: "there is no base_train.csv in it",
        hint: "this takes the few-shot subset of MSWC; "
          + "unpack other archives and import the folder with a folder per word")
    }
    return root
  }

  private func run(_ tar: String, _ arguments: [String]) throws -> String {
    let hint = "download the archive again, or check the space left on the disk"
    let result = try Subprocess.run(tar, arguments, work: "unpacking \(path)", hint: hint)
    guard result.status == 0 else {
      try Interruption.check("the import")
      throw ProgramError(work: "unpacking \(path)", reason: result.errors, hint: hint)
    }
    return String(decoding: result.output, as: UTF8.self)
  }
}
