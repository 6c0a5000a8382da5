import Foundation
import Support

/// What `runs list` and `runs show` say of one run.
public struct RunSummary: Sendable, Hashable, Codable {
  public var name: String
  public var path: String
  /// ISO 8601, empty when the settings are missing.
  public var started: String
  public var command: String
  /// Whether `results.json` is there, and whole.
  public var isFinished: Bool
  /// Why the run ended before it was whole, when it left results.
  public var incomplete: String?
  /// `learner` → mean accuracy over sessions, 0 to 1; empty for a run that is no bench.
  public var accuracies: [String: Double]
  /// Names of the files, in order.
  public var files: [String]
  /// Bytes of all files.
  public var bytes: Int
}

/// The runs under one folder.
public struct RunList: Sendable {
  public let root: String

  public init(root: String = "runs") { self.root = root }

  /// All runs, newest last. Folders that are no runs (without settings, results or scalars) are left out.
  public func all() -> [RunSummary] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { summary(root + "/" + $0) }
  }

  /// The run of this name or path; "latest", or a part of a name that only one run has.
  public func find(_ name: String) throws -> RunSummary {
    if let run = summary(name) ?? summary(root + "/" + name) { return run }
    let runs = all()
    if name == "latest", let last = runs.last { return last }
    let matches = runs.filter { $0.name.contains(name) }
    if matches.count == 1 { return matches[0] }
    throw UnknownRunError(
      name: name, candidates: (matches.isEmpty ? runs : matches).map(\.name), isAmbiguous: matches.count > 1)
  }

  /// Removes a run's folder.
  public func delete(_ run: RunSummary) throws {
    do { try FileManager.default.removeItem(atPath: run.path) } catch {
      throw FileError("delete", run.path, reason: error.localizedDescription)
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
      incomplete: results?.incomplete,
      accuracies: Dictionary(means) { first, _ in first }, files: files, bytes: sizes.reduce(0, +))
  }
}

/// A run that cannot be told from the name given.
public struct UnknownRunError: NightjarError, Equatable {
  public let name: String
  public let candidates: [String]
  public let isAmbiguous: Bool

  public var exitCode: ExitCode { .usage }

  public var message: ErrorMessage {
    if isAmbiguous {
      return ErrorMessage(
        "\"\(name)\" fits more than one run: \(candidates.prefix(5).joined(separator: ", "));"
          + " give more of the name")
    }
    let hint = name.nearest(in: candidates).map { "; did you mean \($0)?" } ?? "; see `nightjar runs list`"
    return ErrorMessage("there is no run \"\(name)\"" + hint)
  }
}
