import Support
import Testing

/// Expects an error whose text has `words` and `path`, and that ends the command with the exit code of bad
/// data.
func expectError(
  _ words: String, at path: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    let text = "\(error)"
    #expect(text.contains(words), "\(text)", sourceLocation: sourceLocation)
    #expect(path.isEmpty || text.contains(path), "\(text)", sourceLocation: sourceLocation)
    #expect((error as? any NightjarError)?.exitCode == .data, sourceLocation: sourceLocation)
  }
}
