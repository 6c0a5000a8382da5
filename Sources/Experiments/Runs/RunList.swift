import Foundation
import Support

/// A summary of one run, for `runs list` and `runs show`.
public struct RunSummary: Sendable, Hashable, Codable {
  public var name: String
  public var path: String
  /// The start time, ISO 8601; empty when the settings are missing.
  public var started: String
  public var command: String
  /// Whether `results.json` exists and is complete.
  public var isFinished: Bool
  /// Whether its process is running and has not recorded how it ended.
  public var isRunning: Bool
  /// Why the results are incomplete; nil when they are complete or missing.
  public var incomplete: String?
  /// Learner → mean accuracy over sessions, 0 to 1; empty for a run that is not a bench.
  public var accuracies: [String: Double]
  /// The names of the files, sorted.
  public var files: [String]
  /// The size of all files in bytes.
  public var bytes: Int
}

/// The runs in one folder.
public struct RunList: Sendable {
  public let root: String

  /// The runs in a folder.
  public init(root: String = "runs") { self.root = root }

  /// All runs, newest last. Folders without settings, results or scalars are not runs.
  public func all() -> [RunSummary] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { summary(root + "/" + $0) }
  }

  /// The run with a name, a path, a unique part of a name, or "latest".
  ///
  /// - Throws: ``UnknownRunError`` when no run, or more than one, matches.
  public func find(_ name: String) throws -> RunSummary {
    if let run = summary(name) ?? summary(root + "/" + name) { return run }
    let runs = all()
    if name == "latest", let last = runs.last { return last }
    let matches = runs.filter { $0.name.contains(name) }
    if matches.count == 1 { return matches[0] }
    throw UnknownRunError(
      name: name, candidates: (matches.isEmpty ? runs : matches).map(\.name), isAmbiguous: matches.count > 1)
  }

  /// Deletes a run's folder.
  ///
  /// - Throws: `FileError` when it cannot be deleted.
  public func delete(_ run: RunSummary) throws {
    do { try FileManager.default.removeItem(atPath: run.path) } catch {
      throw FileError("delete", run.path, cause: error)
    }
  }

  private func summary(_ path: String) -> RunSummary? {
    let known: Set<String> = ["settings.json", "results.json", "scalars.csv"]
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter {
      !$0.hasPrefix(".")
    }.sorted()
    guard !known.isDisjoint(with: files) else { return nil }
    let settings = try? ResultFile.read(RunSettings.self, from: path + "/settings.json")
    let results = try? ResultFile.read(BenchResults.self, from: path + "/results.json")
    let means = results?.learners.map { ($0.name, $0.all.meanOverSessions) } ?? []
    let sizes = files.map { name in
      (try? FileManager.default.attributesOfItem(atPath: path + "/" + name))?[.size] as? Int ?? 0
    }
    return RunSummary(
      name: URL(fileURLWithPath: path).lastPathComponent, path: path, started: settings?.started ?? "",
      command: settings?.command.joined(separator: " ") ?? "",
      isFinished: files.contains("results.json") && results?.incomplete == nil,
      isRunning: settings?.process?.isRunning == true && !files.contains("outcome.json"),
      incomplete: results?.incomplete,
      accuracies: Dictionary(means) { first, _ in first }, files: files, bytes: sizes.reduce(0, +))
  }
}

/// A name that no run, or more than one run, matches.
public struct UnknownRunError: NightjarError, Equatable {
  public let name: String
  public let candidates: [String]
  public let isAmbiguous: Bool

  public var exitCode: ExitCode { .usage }

  public var message: ErrorMessage {
    if isAmbiguous {
      return ErrorMessage(
        "\"\(name)\" matches more than one run: \(candidates.prefix(5).joined(separator: ", "))",
        hint: "use a longer part of the name")
    }
    return ErrorMessage(
      "there is no run \"\(name)\"",
      hint: name.nearest(in: candidates).map { "did you mean \($0)?" }
        ?? "`nightjar runs list` lists all runs")
  }
}
