import Algorithms
import Foundation
import Support

/// Makes a data set of synthetic speech with `espeak-ng`, in MSWC's layout.
///
/// The seed determines every byte, whatever the number of threads and however often the work was interrupted. The lists
/// and `nightjar.json` are written last, so a folder that has them is complete. (Another version of espeak-ng produces
/// other clips.)
public struct SpeechSynthesis: Sendable {
  /// The words, speakers and format.
  public let options: SynthesisOptions
  /// The data set's folder.
  public let folder: String
  /// Where espeak-ng is searched for instead of in `PATH`, for tests.
  package var searchPath: String?
  /// The number of tasks after which to stop as after Ctrl-C, for tests.
  package var stopsAfter = Int.max

  /// - Parameters:
  ///   - options: the words, speakers and format.
  ///   - folder: the data set's folder: a new or empty one, or that of an earlier run with the same options.
  public init(_ options: SynthesisOptions, folder: String) {
    self.options = options
    self.folder = folder
  }

  /// Whether the folder contains this data set, complete.
  public var isComplete: Bool {
    guard let provenance = try? Provenance.read(dataset: folder, PlainFiles())?.value else { return false }
    return provenance.settings == options.settings.description
  }

  /// Makes the data set, or what is left of it after an earlier run, and returns its folder.
  ///
  /// - Throws: ``SynthesisOptionError`` for invalid options, `ProgramError` when espeak-ng is missing or fails,
  ///   `FileError`, and `InterruptionError` after Ctrl-C; a later run continues from there.
  public func run(console: Console, threads: Int) throws -> String {
    if isComplete { return folder }
    try options.check()
    let espeak = try Espeak(searching: searchPath)
    try prepareFolder()
    let lock = try FolderLock(folder)
    defer { lock.release() }
    // Another process may have made it while this one waited.
    if isComplete { return folder }
    let languages = Array(options.words.map(\.language).uniqued())
    let voices = try EspeakVoices(espeak, languages: languages, threads: threads)
    let plan = try SynthesisPlan(options, voices: voices)
    let journal = try SynthesisJournal(dataset: folder, settings: options.settings, voices: voices.version)
    if journal.isResumed { console.say("resuming the incomplete data set in \(folder)") }
    try makeFolders()
    let babble = try BabblePool(options, voices: voices, espeak: espeak, threads: threads)
    let worker = try SynthesisWorker(options: options, folder: folder, espeak: espeak, babble: babble)
    let progress = Progress("synthesizing", total: plan.clipCount, unit: "clips", on: console)
    _ = try ParallelWork.map(count: plan.tasks.count, threads: threads, during: "speech synthesis") { index in
      if index >= stopsAfter { throw InterruptionError(during: "speech synthesis") }
      let task = plan.tasks[index]
      let isDone = try journal.digest(of: task.name).map { try worker.holds(task, digest: $0) } ?? false
      if !isDone { try journal.record(task.name, digest: try worker.make(task)) }
      progress.advance(by: task.words.count)
    }
    try complete(plan, voices: voices, journal)
    progress.finish(remark: "in \(folder)")
    return folder
  }

  /// The identities of the speakers of each role, for tests.
  ///
  /// - Throws: as ``run(console:threads:)``.
  package func speakers() throws -> [String: [String]] {
    let languages = Array(options.words.map(\.language).uniqued())
    let plan = try SynthesisPlan(options, voices: EspeakVoices(Espeak(), languages: languages, threads: 2))
    return Dictionary(grouping: plan.tasks) { "\($0.language) \($0.role)" }.mapValues {
      $0.map(\.speaker.identity)
    }
  }

  /// Makes the folder, and requires that it is empty or contains this data set.
  private func prepareFolder() throws {
    try AtomicFile.makeFolder(folder)
    let names = try PlainFiles().names(folder)
    let isResumed = names.contains(SynthesisJournal.file)
    let isFree = names.allSatisfy { $0 == FolderLock.file }
    guard isResumed || isFree else {
      throw SynthesisOptionError(
        "\(folder) contains something else", hint: "name a new folder with --out, or remove this one")
    }
  }

  /// Makes a folder per word, and removes the partial files of a killed run.
  private func makeFolders() throws {
    for word in options.words {
      let path = "\(folder)/\(word.language)/clips/\(word.name)"
      try AtomicFile.makeFolder(path)
      for name in try PlainFiles().names(path) where name.hasSuffix(".part") {
        unlink("\(path)/\(name)")
      }
    }
  }

  /// Writes the lists and then the provenance, once all clips are on the disk.
  private func complete(_ plan: SynthesisPlan, voices: EspeakVoices, _ journal: SynthesisJournal) throws {
    // Clips are written without being flushed; this flushes all of them.
    sync()
    for list in SynthesisPlan.lists(options) { try AtomicFile.write(list.text, to: folder + "/" + list.file) }
    var provenance = Provenance(kind: Provenance.synthetic)
    provenance.size = options.counts == nil ? options.size.rawValue : "custom"
    provenance.seed = options.seed
    provenance.recipe = SynthesisOptions.recipe
    provenance.settings = options.settings.description
    provenance.clips = plan.clipCount
    provenance.support = options.clipsPerWord.support
    provenance.query = options.clipsPerWord.query
    provenance.notes = [
      "program": voices.version, "variants": String(voices.variants.count),
      "format": options.format.rawValue, "rate": String(options.rate),
      "harder": options.isHarder ? "yes" : "no",
    ]
    try provenance.write(dataset: folder)
    try journal.remove()
  }
}
