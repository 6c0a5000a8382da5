import Audio
import Foundation
import Support

/// Converts recorded words into a data set in MSWC's layout.
///
/// Sources are folders without splits, such as a folder per word, and the archive of MSWC's few-shot subset. Sound
/// is not converted, whatever its rate, length and format; files are hard-linked where the file system allows it,
/// else copied. The data set appears complete or not at all.
public struct DatasetImport: Sendable {
  /// What was imported.
  public struct Report: Sendable, CustomStringConvertible {
    /// The data set's folder.
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
  ///   - destination: the data set's folder; it must not exist, or be empty.
  public init(source: String, destination: String, options: ImportOptions = ImportOptions()) {
    self.source = source
    self.destination = destination
    self.options = options
  }

  /// Imports the source.
  ///
  /// - Throws: ``ImportError`` for bad options, a source that cannot be imported, or unreadable clips; ``DatasetError``
  ///   for too few clips; `FileError`, `ProgramError`, and `InterruptionError` after Ctrl-C.
  public func run(console: Console, threads: Int) throws -> Report {
    try checkOptions()
    let layout = try layout()
    let contents = try layout.contents(of: DatasetSource(source))
    let staging = destination + ".importing"
    try? FileManager.default.removeItem(atPath: staging)
    try AtomicFile.makeFolder(staging)
    defer { try? FileManager.default.removeItem(atPath: staging) }
    switch contents {
    case .lists:
      throw ImportError.source(
        path: source, reason: "it is a complete data set already",
        hint: "use it directly, with --data \(source)")
    case .archive(let archive):
      return try publish(try archive.extract(into: staging, console: console), warnings: [])
    case .recordings(let recordings):
      let (usable, warnings) = try readable(recordings, console: console, threads: threads)
      let split = try ImportSplit(usable, options: options)
      try write(split, layout: layout.name, to: staging)
      return try publish(staging, warnings: warnings + split.warnings)
    }
  }

  private func checkOptions() throws {
    guard options.language.isLanguageCode else {
      throw ImportError.usage(
        "\"\(options.language)\" is not a valid language code", hint: "use one such as en or xx")
    }
    guard FileManager.default.fileExists(atPath: source) else {
      throw ImportError.source(path: source, reason: "no such file or folder")
    }
    let present = (try? FileManager.default.contentsOfDirectory(atPath: destination)) ?? []
    guard present.isEmpty else {
      throw ImportError.usage("\(destination) is not empty", hint: "name a new folder with --out")
    }
  }

  /// The source's layout.
  private func layout() throws -> any DatasetLayout {
    let source = DatasetSource(source)
    guard let layout = try DatasetLayouts.all.first(where: { try $0.recognizes(source) }) else {
      let isFolder = try source.files.isFolder(source.path)
      throw ImportError.source(
        path: source.path,
        reason: isFolder ? "there are no sound files in it" : "it is neither a folder nor a .tar archive",
        hint: "name a source with \(DatasetLayouts.importExamples)")
    }
    return layout
  }

  /// The recordings whose clips can be read.
  private func readable(
    _ recordings: WordRecordings, console: Console, threads: Int
  ) throws -> (recordings: WordRecordings, warnings: [DatasetWarning]) {
    var warnings: [DatasetWarning] = []
    if let example = recordings.ignored.first {
      warnings.append(DatasetWarning(.ignoredFiles, count: recordings.ignored.count, example: example))
    }
    let clips = recordings.all
    let progress = Progress("reading", total: clips.count, unit: "clips", on: console)
    let reasons = try ParallelWork.map(count: clips.count, threads: threads, during: "the import") { index in
      defer { progress.advance() }
      do { try SoundFile.decode(clips[index].path) { _ in } } catch { return Optional(error.fact) }
      return nil
    }
    progress.finish()
    let unreadable = zip(clips, reasons).compactMap { clip, reason in
      reason.map { (path: clip.path, reason: $0) }
    }
    guard let first = unreadable.first else { return (recordings, warnings) }
    guard options.skipsBad else {
      throw ImportError.badClips(count: unreadable.count, examples: unreadable.prefix(10).map(\.reason))
    }
    warnings.append(DatasetWarning(.unreadableClips, count: unreadable.count, example: first.reason))
    return (recordings.excluding(Set(unreadable.map(\.path))), warnings)
  }

  /// Links the clips and writes the lists and the provenance.
  private func write(_ split: ImportSplit, layout: String, to staging: String) throws {
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
        try link(clip.path, to: "\(staging)/\(language)/clips/\(path)")
        text += CSVWriter.line([path, clip.word, language])
        count += 1
      }
      if kind != .evaluation || !rows.isEmpty {
        try AtomicFile.write(text, to: "\(staging)/\(MSWCLayout.list(of: kind, language: language))")
      }
    }
    var provenance = Provenance(kind: "imported speech")
    provenance.seed = options.seed
    provenance.clips = count
    provenance.support = split.pool.support
    provenance.query = split.pool.query
    provenance.notes = [
      "source": (source as NSString).lastPathComponent, "layout": layout,
      "separate speakers": split.isBySpeaker ? "yes" : "no",
    ]
    try provenance.write(dataset: staging)
  }

  /// Makes a hard link to a file, or a copy where links are not possible.
  private func link(_ file: String, to path: String) throws {
    let target = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
    if Glibc.link(target, path) == 0 { return }
    do { try FileManager.default.copyItem(atPath: target, toPath: path) } catch {
      throw FileError("copy", file, reason: (error as NSError).localizedDescription)
    }
  }

  /// Reads the new data set as it will be used, and renames it to the destination.
  private func publish(_ root: String, warnings: [DatasetWarning]) throws -> Report {
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

/// The options of `data import`.
public struct ImportOptions: Sendable {
  /// The base words; nil for those not in ``session``, or, without either, the first 60 % of all words sorted by name.
  public var base: [String]?
  /// The session words; nil for those not in ``base``.
  public var session: [String]?
  /// The language code, in the lists and as the name of the folder.
  public var language: String
  /// The seed that distributes speakers or clips over the splits.
  public var seed: UInt64
  /// Whether clips that cannot be read are skipped instead of ending the import.
  public var skipsBad: Bool

  /// Options with defaults.
  public init(
    base: [String]? = nil, session: [String]? = nil, language: String = "xx", seed: UInt64 = 1,
    skipsBad: Bool = false
  ) {
    self.base = base
    self.session = session
    self.language = language
    self.seed = seed
    self.skipsBad = skipsBad
  }
}

/// An error of an import.
public enum ImportError: NightjarError, Equatable {
  /// The options do not match the words of the source.
  case usage(String, hint: String? = nil)
  /// The source cannot be imported.
  case source(path: String, reason: String, hint: String? = nil)
  /// Clips that cannot be read; the reasons of the first few.
  case badClips(count: Int, examples: [String])
  /// An archive with an entry that leads out of it.
  case unsafeEntry(archive: String, entry: String)

  public var exitCode: ExitCode {
    if case .usage = self { .usage } else { .data }
  }

  public var message: ErrorMessage {
    switch self {
    case .usage(let text, let hint):
      ErrorMessage("data import: \(text)", hint: hint)
    case .source(let path, let reason, let hint):
      ErrorMessage("cannot import \(path): \(reason)", hint: hint)
    case .badClips(let count, let examples):
      ErrorMessage(
        "\(count) clip\(count == 1 ? "" : "s") cannot be read:\n  " + examples.joined(separator: "\n  ")
          + (count > examples.count ? "\n  and \(count - examples.count) more" : ""),
        hint: "repair or remove them, or skip them with --skip-bad")
    case .unsafeEntry(let archive, let entry):
      ErrorMessage(
        "\(archive) is refused: its entry \"\(entry)\" is a link, or leads out of the folder",
        hint: "get the archive from a source you trust")
    }
  }
}
