import Support

extension SweepResults {
  /// One line as that of a run, with all values of what differs between points: "synthetic speech, quick; mfcc, m5 or
  /// resnet1d, cross_entropy; 10 ways, 1 or 5 shots, 10 sessions; seed 1, 20 repeats".
  static func caption(of results: [BenchResults]) -> String {
    func distinct<Value: Hashable>(_ value: (BenchResults) -> Value?) -> [Value] {
      var seen: Set<Value> = []
      return results.compactMap(value).filter { seen.insert($0).inserted }
    }
    func list(_ value: (BenchResults) -> String) -> String {
      distinct(value).filter { !$0.isEmpty }.joined(separator: " or ")
    }
    func counted(_ noun: String, _ value: (BenchResults) -> Int?) -> String {
      let values = distinct(value).sorted()
      if values.count == 1 { return noun.counted(values[0]) }
      return values.isEmpty ? "" : "\(values.map(String.init).joined(separator: " or ")) \(noun)s"
    }
    func joined(_ parts: String...) -> String { parts.filter { !$0.isEmpty }.joined(separator: ", ") }
    let seeds = list { $0.allSeeds.map(String.init).joined(separator: ", ") }
    let seedNoun = results.contains { $0.allSeeds.count > 1 } ? "seeds" : "seed"
    return [
      list(\.data.name), joined(list(\.encoder), list(\.model), list(\.recipe)),
      joined(
        counted("way") { $0.sessions?.ways }, counted("shot") { $0.sessions?.shots },
        counted("session") { $0.sessions?.sessions }),
      joined(seeds.isEmpty ? "" : "\(seedNoun) \(seeds)", counted("repeat") { $0.repeats }),
    ].filter { !$0.isEmpty }.joined(separator: "; ")
  }
}
