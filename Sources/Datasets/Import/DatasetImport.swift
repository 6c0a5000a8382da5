import Foundation
import Support

/// Converts recorded words into a data set in MSWC's layout.
///
/// Sources are folders of recordings, such as a folder per word, with or without lists of splits, and archives of them
/// or of MSWC's few-shot subset. Sound is not converted, whatever its rate, length and format; files are hard-linked
/// where the file system allows it, else copied. The data set appears complete or not at all.
public struct DatasetImport: Sendable {
  /// What was imported.
  public struct Report: Sendable, CustomStringConvertible {
    /// The data set's folder.
    public let path: String
    public let clips: Int
    public let base: [String]
    public let session: [String]
    /// The rate that clips are read at, in Hz.
    public let rate: Int?
    /// The speakers of each split; nil when names do not tell them.
    public let speakers: SpeakerTable?
    public let warnings: [DatasetWarning]

    public var description: String {
      var lines = [
        "\(path): \("clip".counted(clips)), \("base word".counted(base.count)), "
          + "\("session word".counted(session.count))"
      ]
      if base.count + session.count <= 40 {
        lines.append("  base     " + base.map(\.listedName).joined(separator: " "))
        lines.append("  session  " + session.map(\.listedName).joined(separator: " "))
      }
      if let rate { lines.append("  rate     \(rate) Hz") }
      if let speakers { lines.append("  speakers \(speakers.text)") }
      return (lines + warnings.map { "  warning: \($0)" }).joined(separator: "\n")
    }
  }

  public let source: String
  public let destination: String
  public let options: ImportOptions

  /// - Parameters:
  ///   - source: a folder or an archive.
  ///   - destination: the data set's folder; it must not exist, or be empty.
  ///   - options: which words are base words and session words, the language, and the seed of the splits.
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
    let staging = destination + ".importing"
    try? FileManager.default.removeItem(atPath: staging)
    try AtomicFile.makeFolder(staging)
    defer { try? FileManager.default.removeItem(atPath: staging) }
    var found = DatasetSource(source)
    var layout = try layout(of: found)
    var contents = try layout.contents(of: found)
    if case .archive(let archive) = contents {
      found = DatasetSource(staging + "/archive")
      try AtomicFile.makeFolder(found.path)
      try archive.extract(into: found.path, console: console)
      layout = try self.layout(of: found)
      contents = try layout.contents(of: found)
    } else if case .lists = contents {
      throw ImportError.source(
        path: source, reason: "it is a complete data set already",
        hint: "use it directly, with --data \(source)")
    }
    switch contents {
    case .lists(let lists):
      let audit = { try DatasetAudit($0, console: console, threads: threads) }
      return try publish(lists.root, warnings: [], audit: audit)
    case .archive(let archive):
      throw ImportError.source(
        path: source, reason: "it is an archive of an archive", hint: "extract \(archive.path) first")
    case .recordings(let recordings):
      let usable = try UsableRecordings(recordings, options, console: console, threads: threads)
      try requireWords(of: usable.recordings, in: found, layout)
      let split = try ImportSplit(usable.recordings, options: options)
      try write(split, layout: layout.name, rate: usable.rate, to: staging + "/set")
      return try publish(staging + "/set", warnings: usable.warnings + split.warnings, audit: usable.audit)
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
    // The set would be part of its own source, and a second import would read it as a word.
    let source = Self.resolved(source)
    if Self.resolved(destination).hasPrefix(source == "/" ? source : source + "/") {
      throw ImportError.usage(
        "--out \(destination) is inside the source \(self.source)", hint: "name a folder outside of it")
    }
  }

  /// The absolute path without links, of which the last parts need not exist.
  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  /// A source's layout.
  private func layout(of found: DatasetSource) throws -> any DatasetLayout {
    if let layout = try DatasetLayouts.all.first(where: { try $0.recognizes(found) }) { return layout }
    let survey = try SourceSurvey(found)
    throw ImportError.source(path: source, reason: survey.reason, hint: survey.hint)
  }

  /// Refuses a source that is the folder of one word, or has only one.
  private func requireWords(
    of recordings: WordRecordings, in found: DatasetSource, _ layout: any DatasetLayout
  ) throws {
    let words = recordings.words
    if words.count == 1, !recordings.all.isEmpty, options.base == nil, options.session == nil {
      throw ImportError.source(
        path: source, reason: "all of its clips are of one word, \"\(words[0])\"",
        hint:
          "name the folder that contains the words' folders; if \(words[0]) is not a word, import that folder"
      )
    }
    guard layout is FlatFolderLayout, try OneWordFolder.matches(recordings, found) else { return }
    throw ImportError.source(
      path: source,
      reason: "it is the folder of one word: the folders beside it have clips of the same speakers",
      hint: "import the folder that contains it")
  }

  /// Links the clips and writes the lists and the provenance.
  private func write(_ split: ImportSplit, layout: String, rate: Int?, to staging: String) throws {
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
    provenance.rate = options.reading.rate ?? rate
    provenance.aligned = options.reading.isAligned ? true : nil
    provenance.notes = [
      "source": (source as NSString).lastPathComponent, "layout": layout,
      "separate speakers": split.isBySpeaker ? "yes" : "no",
    ]
    if !split.sources.isEmpty { provenance.notes?["splits"] = split.sources.joined(separator: ", ") }
    try provenance.write(dataset: staging)
  }

  /// Makes a hard link to a file, or a copy where links are not possible.
  private func link(_ file: String, to path: String) throws {
    let target = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
    if Glibc.link(target, path) == 0 { return }
    do { try FileManager.default.copyItem(atPath: target, toPath: path) } catch {
      throw FileError("copy", file, cause: error)
    }
  }

  /// Reads the new data set as it will be used, and renames it to the destination.
  private func publish(
    _ root: String, warnings: [DatasetWarning], audit: (WordDataset) throws -> DatasetAudit
  ) throws -> Report {
    let data = try WordDataset(path: root, checkingFiles: true)
    let audit = try audit(data)
    try audit.requireConsistent()
    rmdir(destination)
    let parent = destination.parentFolder
    if !parent.isEmpty { try AtomicFile.makeFolder(parent) }
    sync()
    guard rename(data.path, destination) == 0 else {
      throw FileError(errnoOf: "make the folder", destination)
    }
    let speakers = SpeakerTable(data)
    return Report(
      path: destination, clips: Split.allCases.reduce(0) { $0 + data.clips($1).count },
      base: data.words.filter { $0.part == .base }.map(\.name),
      session: data.words.filter { $0.part == .session }.map(\.name), rate: audit.rate, speakers: speakers,
      warnings: warnings + data.warnings + audit.warnings + [speakers?.warning].compactMap(\.self))
  }
}
