import ArgumentParser
import Experiments
import Figures
import Foundation
import Support

/// `nightjar cache …`.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "List and remove results of stages: features, trained networks, embeddings.",
    discussion: """
      Everything in the cache can be computed again. Its folder is ~/.cache/nightjar, by XDG_CACHE_HOME.

        nightjar cache list
        nightjar cache clear --older 30d
        nightjar cache clear --stage embedding
      """,
    subcommands: [CacheListCommand.self, CacheClearCommand.self])
}

/// The options that select results of the cache.
struct CacheOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Only results that were not used for so long: 30d, 12h, 2w.", valueName: "age"),
    transform: Age.init)
  var older: Age?

  @Option(
    name: .long, help: ArgumentHelp("Only results of this stage.", valueName: "name"),
    completion: .custom { _, _, _ in CacheOptions.stages })
  var stage: String?

  @OptionGroup var common: CommonOptions

  var cache: StageCache { StageCache(console: common.console) }

  private static var stages: [String] {
    Set(StageCache(console: Console(style: .quiet)).entries().map(\.stage)).sorted()
  }

  /// The selected results, the least recently used first.
  ///
  /// - Throws: ``UsageError`` for a stage that has no results, with a close one.
  func selected() throws -> [StageCache.Stored] {
    let all = cache.entries()
    if let stage, !all.contains(where: { $0.stage == stage }) {
      let stages = Set(all.map(\.stage)).sorted()
      throw UsageError(
        "the cache has no results of '\(stage)'",
        hint: stage.nearest(in: stages).map { "did you mean '\($0)'?" }
          ?? (stages.isEmpty ? "it is empty" : "it has \(stages.joined(separator: ", "))"),
        at: "--stage \(stage)")
    }
    let limit = older.map { Date(timeIntervalSinceNow: -$0.seconds) }
    return all.filter { stored in
      (stage == nil || stored.stage == stage) && limit.map { stored.lastUsed < $0 } != false
    }
  }
}

/// The value of `--older`.
struct Age {
  let seconds: Double

  init(_ text: String) throws {
    let units: [Character: Double] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Double(text.dropLast()), number >= 0,
      number.isFinite
    else { throw UsageError("'\(text)' is not an age", hint: "write it as 30d, 12h, 90m or 2w") }
    seconds = number * unit
  }

  /// An age in the largest unit that it fills, such as `3 days`.
  static func text(_ seconds: Double) -> String {
    let units: [(name: String, seconds: Double)] = [("day", 86_400), ("hour", 3600), ("minute", 60)]
    guard let unit = units.first(where: { seconds >= $0.seconds }) else { return "now" }
    return unit.name.counted(Int(seconds / unit.seconds))
  }
}

/// The results of one stage, summed up.
private struct CachedStage: Encodable {
  let stage: String
  let results: Int
  let bytes: Int
  /// Seconds since the least and the most recent use.
  let oldest: Double
  let newest: Double

  static func all(_ entries: [StageCache.Stored]) -> [CachedStage] {
    Dictionary(grouping: entries, by: \.stage).sorted { $0.key < $1.key }.map { stage, entries in
      let ages = entries.map { max(0, -$0.lastUsed.timeIntervalSinceNow) }
      return CachedStage(
        stage: stage, results: entries.count, bytes: entries.reduce(0) { $0 + max(0, $1.bytes) },
        oldest: ages.max() ?? 0, newest: ages.min() ?? 0)
    }
  }

  static func table(_ stages: [CachedStage]) -> ResultTable {
    ResultTable(
      columns: [
        .init("stage"), .init("results", isRight: true), .init("size", isRight: true), .init("last used"),
      ],
      rows: stages.map { stage in
        let oldest = Age.text(stage.oldest)
        let newest = Age.text(stage.newest)
        let age = oldest == newest ? newest : "\(newest) to \(oldest)"
        return [
          .text(stage.stage), .text("\(stage.results)"), .text(ByteCount(stage.bytes).description),
          .text(age == "now" ? age : age + " ago"),
        ]
      })
  }
}

/// `nightjar cache list`.
struct CacheListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the results by stage, with sizes and when they were last used.")

  @OptionGroup var options: CacheOptions

  func run() throws {
    let entries = try options.selected()
    let stages = CachedStage.all(entries)
    let output = StandardOutput()
    if options.common.json { return try output.json(stages) }
    let folder = options.cache.folder
    if stages.isEmpty { return options.common.console.say("no results in \(folder)") }
    try output.write(CachedStage.table(stages).text)
    let bytes = stages.reduce(0) { $0 + $1.bytes }
    try output.line("\n\("result".counted(entries.count)), \(ByteCount(bytes)) in \(folder)")
  }
}

/// `nightjar cache clear`.
struct CacheClearCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear",
    abstract: "Remove the results, or those selected, and say which.",
    discussion: "Nothing is asked: everything can be computed again. What another process is using stays.")

  @OptionGroup var options: CacheOptions

  func run() throws {
    let selected = try options.selected()
    let removed = try options.cache.remove(selected)
    let stages = CachedStage.all(removed)
    let output = StandardOutput()
    if options.common.json { return try output.json(stages) }
    if stages.isEmpty { return try output.line("nothing to remove in \(options.cache.folder)") }
    for stage in stages {
      try output.line(
        "removed \("result".counted(stage.results)) of \(stage.stage), \(ByteCount(stage.bytes))")
    }
    let left = selected.count - removed.count
    if left > 0 { try output.line("\("result".counted(left)) in use by another process stayed") }
  }
}
