import Audio
import Foundation
import Support

/// Makes a data set in MSWC's layout of recorded words: a folder per word, one folder of
/// `word_speaker_take.wav`, or the archive that MSWC's few-shot subset comes in.
///
/// Sound is kept as it is, whatever its rate, length and format; files are linked where the disk allows it,
/// else copied. The data set appears whole or not at all.
public struct DatasetImport: Sendable {
  /// What was made.
  public struct Report: Sendable, CustomStringConvertible {
    /// The data set.
    public let path: String
    public let clips: Int
    public let base: [String]
    public let session: [String]
    public let warnings: [DatasetWarning]

    public var description: String {
      var lines = ["\(path): \(clips) clips, \(base.count) base words, \(session.count) session words"]
      if base.count + session.count <= 40 {
        lines.append("  base     " + base.joined(separator: " "))
        lines.append("  session  " + session.joined(separator: " "))
      }
      return (lines + warnings.map { "  warning: \($0)" }).joined(separator: "\n")
    }
  }

  public let source: String
  public let destination: String
  public let options: ImportOptions

  /// - Parameters:
  ///   - source: a folder, or a `.tar`, `.tar.gz` or `.tgz` archive.
  ///   - destination: the data set; it must not exist, or be empty.
  public init(source: String, destination: String, options: ImportOptions = ImportOptions()) {
    self.source = source
    self.destination = destination
    self.options = options
  }

  /// Imports, and says what was made.
  public func run(console: Console, threads: Int) throws -> Report {
    try check()
    let staging = destination + ".importing"
    try? FileManager.default.removeItem(atPath: staging)
    try AtomicFile.makeFolder(staging)
    defer { try? FileManager.default.removeItem(atPath: staging) }
    if TarArchive.isNamed(source) {
      let root = try TarArchive(source).extract(into: staging, console: console)
      return try settle(root, warnings: [])
    }
    var folder = try WordFolder(source)
    var warnings: [DatasetWarning] = []
    if folder.ignored > 0 {
      warnings.append(
        DatasetWarning(.ignoredFiles, count: folder.ignored, "\(folder.ignored) files that are no clips"))
    }
    let bad = try badClips(folder, console: console, threads: threads)
    if !bad.isEmpty {
      let examples = bad.prefix(10).map(\.reason)
      guard options.skipsBad else { throw ImportError.badClips(count: bad.count, examples: examples) }
      folder = folder.leavingOut(Set(bad.map(\.path)))
      warnings.append(
        DatasetWarning(
          .skippedFiles, count: bad.count,
          "\(bad.count) clips cannot be read and are left out: \(examples[0])"))
    }
    let split = try ImportSplit(folder, options: options)
    try write(split, folder, to: staging)
    return try settle(staging, warnings: warnings + split.warnings)
  }

  private func check() throws {
    guard ClipPaths.isLanguage(options.language) else {
      throw ImportError.usage(
        "\"\(options.language)\" is not a language code", hint: "use one such as en or xx")
    }
    guard FileManager.default.fileExists(atPath: source) else {
      throw ImportError.source(path: source, reason: "there is no such file or folder")
    }
    if FileManager.default.fileExists(atPath: source + "/base_train.csv") {
      throw ImportError.source(
        path: source, reason: "it is in MSWC's layout already", hint: "use it as it is, with --data \(source)"
      )
    }
    let present = (try? FileManager.default.contentsOfDirectory(atPath: destination)) ?? []
    guard present.isEmpty else {
      throw ImportError.usage("\(destination) is not empty", hint: "name a new folder with --out")
    }
  }

  private func badClips(
    _ folder: WordFolder, console: Console, threads: Int
  ) throws -> [(path: String, reason: String)] {
    let clips = folder.recordings
    let progress = Progress("reading", total: clips.count, unit: "clips", on: console)
    let reasons = try ParallelWork.map(count: clips.count, threads: threads, during: "the import") { index in
      defer { progress.advance() }
      do { _ = try SoundFile.read(clips[index].path) } catch { return Optional("\(error)") }
      return nil
    }
    progress.finish()
    return zip(clips, reasons).compactMap { clip, reason in reason.map { (clip.path, $0) } }
  }

  private func write(_ split: ImportSplit, _ folder: WordFolder, to staging: String) throws {
    let language = options.language
    for word in split.base + split.session {
      try AtomicFile.makeFolder("\(staging)/\(language)/clips/\(word)")
    }
    var count = 0
    for kind in Split.allCases {
      guard let rows = split.rows[kind] else { continue }
      var text = "PATH,WORD,LANG\n"
      for clip in rows {
        try Interruption.check("the import")
        let path = "\(clip.word)/\(clip.name)"
        try place(clip.path, at: "\(staging)/\(language)/clips/\(path)")
        text += CSVWriter.line([path, clip.word, language])
        count += 1
      }
      if kind != .evaluation || !rows.isEmpty {
        try AtomicFile.write(text, to: "\(staging)/\(WordDataset.file(kind, language: language))")
      }
    }
    var provenance = Provenance(kind: "imported speech")
    provenance.seed = options.seed
    provenance.clips = count
    provenance.support = split.pool.support
    provenance.query = split.pool.query
    provenance.notes = [
      "source": (source as NSString).lastPathComponent, "shape": folder.shape.rawValue,
      "speakers kept apart": split.isBySpeaker ? "yes" : "no",
    ]
    try provenance.write(dataset: staging)
  }

  /// Links a file, or copies it where links are not possible.
  private func place(_ file: String, at path: String) throws {
    let target = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
    if link(target, path) == 0 { return }
    do { try FileManager.default.copyItem(atPath: target, toPath: path) } catch {
      throw FileError("copy", file, reason: (error as NSError).localizedDescription)
    }
  }

  /// Reads the new data set as a user will, and moves it to its place.
  private func settle(_ root: String, warnings: [DatasetWarning]) throws -> Report {
    let data = try WordDataset(path: root, checkingFiles: true)
    rmdir(destination)
    let parent = destination.parentFolder
    if !parent.isEmpty { try AtomicFile.makeFolder(parent) }
    sync()
    guard rename(data.path, destination) == 0 else {
      throw FileError(errnoOf: "make the folder", destination)
    }
    return Report(
      path: destination, clips: Split.allCases.reduce(0) { $0 + data.clips($1).count },
      base: data.words.filter { $0.part == .base }.map(\.name),
      session: data.words.filter { $0.part == .session }.map(\.name), warnings: warnings + data.warnings)
  }
}
