import Figures
import RunStore
import Support

/// Tables of runs for other programs: one value in each cell, numbers as numbers.
public enum RunExport {
  /// The accuracy of each run, learner, repeat and session; fractions from 0 to 1.
  public static func results(_ entries: [RunEntry]) -> ResultTable {
    let rows = entries.flatMap { entry -> [[ResultTable.Cell]] in
      let repeats = max(entry.summary.repeats ?? 1, 1)
      return entry.learners.flatMap { learner in
        learner.all.enumerated().flatMap { number, accuracies in
          accuracies.enumerated().map { session, accuracy in
            let new = number < learner.new.count ? learner.new[number] : []
            let newAccuracy = session > 0 && session <= new.count ? new[session - 1] : nil
            return cells(of: entry.summary, row: number) + [
              .text(learner.name), .number(Double(number % repeats + 1)), .number(Double(session)),
              .number(accuracy),
              newAccuracy.map { .number($0) } ?? .empty,
            ]
          }
        }
      }
    }
    return table(["learner", "repeat", "session", "accuracy", "accuracy_new"], rows)
  }

  /// What each run logged over steps.
  public static func scalars(_ entries: [RunEntry]) -> ResultTable {
    let rows = entries.flatMap { entry in
      entry.series.flatMap { series in
        zip(series.steps, series.values).map { step, value in
          cells(of: entry.summary) + [.text(series.name), .number(Double(step)), .number(value)]
        }
      }
    }
    return table(["name", "step", "value"], rows)
  }

  /// The options of each run.
  public static func settings(_ entries: [RunEntry]) -> ResultTable {
    let rows = entries.flatMap { entry in
      entry.settings.map { setting in
        cells(of: entry.summary) + [
          .text(setting.name), .text(setting.type), .text(setting.text),
          setting.defaultText.map { .text($0) } ?? .empty, .number(setting.isGiven ? 1 : 0),
        ]
      }
    }
    return table(["option", "type", "value", "default", "given"], rows)
  }

  private static let runColumns = [
    "run", "task", "data", "model", "encoder", "recipe", "ways", "shots", "queries", "sessions", "seed",
  ]

  /// What a row is of; of a run with several seeds, each has the seed of its repeat.
  private static func cells(of run: StoredRun, row: Int? = nil) -> [ResultTable.Cell] {
    let seeds = (run.seed ?? "").split(separator: " ").map(String.init)
    let seed = row.flatMap { row in
      seeds.isEmpty ? nil : seeds[min(row / max(run.repeats ?? 1, 1), seeds.count - 1)]
    }
    let numbers = [run.ways, run.shots, run.queries, run.sessions].map { number -> ResultTable.Cell in
      number.map { .number(Double($0)) } ?? .empty
    }
    return [run.name, run.task ?? "", run.data ?? "", run.model ?? "", run.encoder ?? "", run.recipe ?? ""]
      .map { .text($0) } + numbers + [.text(seed ?? run.seed ?? "")]
  }

  private static func table(_ names: [String], _ rows: [[ResultTable.Cell]]) -> ResultTable {
    ResultTable(columns: (runColumns + names).map { .init($0) }, rows: rows)
  }
}

/// A run with all its parts, as JSON.
public struct ExportedRun: Encodable {
  private let run: StoredRun
  private let settings: [Setting]
  private let learners: [StoredLearner]
  private let series: [StoredSeries]
  private let stages: [StoredStage]
  private let sources: [StoredSource]
  private let files: [StoredFile]

  /// A setting with its value as JSON has it, not as text.
  private struct Setting: Encodable {
    let name: String
    let type: String
    let value: SettingValue?
    let standard: SettingValue?
    let isGiven: Bool

    enum CodingKeys: String, CodingKey {
      case name, type, value
      case standard = "default"
      case isGiven = "given"
    }

    init(_ setting: StoredSetting) {
      name = setting.name
      type = setting.type
      value = setting.typedValue
      standard = setting.typedDefault
      isGiven = setting.isGiven
    }
  }

  public init(_ entry: RunEntry) {
    run = entry.summary
    settings = entry.settings.map(Setting.init)
    learners = entry.learners
    series = entry.series
    stages = entry.stages
    sources = entry.sources
    files = entry.files
  }
}
