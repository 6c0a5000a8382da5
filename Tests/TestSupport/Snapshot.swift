import Foundation
import Testing

/// Compares long generated text with a file in `Tests/Fixtures/figures`.
///
/// `NIGHTJAR_RECORD=1` writes the files again; that run fails, so that it is never taken for a check.
public func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation)
  throws
{
  let path = Fixtures.path("figures/" + name)
  if ProcessInfo.processInfo.environment["NIGHTJAR_RECORD"] != nil {
    try FileManager.default.createDirectory(
      atPath: Fixtures.path("figures"), withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record("recorded \(name)", sourceLocation: sourceLocation)
    return
  }
  let expected = try String(contentsOfFile: path, encoding: .utf8)
  guard text != expected else { return }
  let lines = text.components(separatedBy: "\n")
  let wanted = expected.components(separatedBy: "\n")
  let place = zip(lines, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, wanted.count)
  let at = { (list: [String]) in place < list.count ? list[place] : "(end)" }
  Issue.record(
    "\(name), line \(place + 1): expected \(at(wanted)), got \(at(lines))", sourceLocation: sourceLocation)
}
