import Datasets
import Foundation
import Support
import TestSupport
import Testing

/// Numbers that a data set states about itself are a stranger's: whatever they are, they end in a value or an error.
@Suite struct ProvenanceTests {
  private func open(_ facts: String) throws -> WordDataset {
    let folder = try TemporaryFolder()
    let rows = (1...4).map { "a/\($0).wav,a,xx" }
    let other = (1...4).map { "b/\($0).wav,b,xx" }
    for list in ["base_train", "base_val", "base_test"] {
      try folder.write((["PATH,WORD,LANG"] + rows).joined(separator: "\n"), to: "\(list).csv")
    }
    try folder.write((["PATH,WORD,LANG"] + other).joined(separator: "\n"), to: "xx/evaluation.csv")
    try folder.write("{\"kind\":\"x\",\(facts)}", to: "nightjar.json")
    return try withExtendedLifetime(folder) { try WordDataset(path: folder.path) }
  }

  @Test(arguments: [
    #""support":9223372036854775807,"query":9223372036854775807"#, #""support":-1,"query":2"#,
    #""support":1,"query":-9223372036854775808"#, #""clips":-5"#, #""clips":1e30"#,
    #""support":1.5,"query":1"#,
    #""seed":-1"#,
  ]) func impossibleNumbersAreRefused(_ facts: String) {
    let error = #expect(throws: FileError.self) { try open(facts) }
    #expect(error?.exitCode == .data && error?.path.hasSuffix("nightjar.json") == true)
  }

  @Test func possibleNumbersAreTaken() throws {
    #expect(try open(#""support":1,"query":2"#).pool == (1, 2))
    #expect(try open(#""support":2147483647,"query":2147483647"#).pool == (2, 2))
  }
}
