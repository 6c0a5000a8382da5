import Foundation
import Support

/// Whether a run that was run again has the same results, bit for bit.
public struct RunReproduction: Sendable {
  /// The files of results that are equal.
  public let equal: [String]
  /// Those that differ, or that one of the runs lacks.
  public let different: [String]

  /// What says when, where and how long, which differs from run to run.
  private static let ofTheRun: Set = ["settings.json", "outcome.json"]
  private static let endings = ["csv", "json", "safetensors", "npz"]

  /// Compares the files of results in two runs' folders.
  public init(_ original: String, _ again: String) {
    let names = Set(Self.files(of: original)).union(Self.files(of: again)).sorted()
    let isEqual = { (name: String) in
      Self.contents("\(original)/\(name)") == Self.contents("\(again)/\(name)")
    }
    equal = names.filter(isEqual)
    different = names.filter { !isEqual($0) }
  }

  /// The files of results in a run's folder, sorted.
  static func files(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { name in
      !ofTheRun.contains(name) && !name.hasPrefix(".") && endings.contains { name.hasSuffix("." + $0) }
    }.sorted()
  }

  /// A file's bytes; of `results.json` without durations and paths.
  static func contents(_ path: String) -> Data? {
    guard path.hasSuffix("/results.json") else { return FileManager.default.contents(atPath: path) }
    guard var results = try? ResultFile.read(BenchResults.self, from: path) else { return nil }
    results.timings = []
    results.plugins = results.plugins?.map { PluginSource(plugin: $0.plugin, path: "", key: $0.key) }
    results.data.folder = ""
    return try? ResultFile.encode(results)
  }
}
