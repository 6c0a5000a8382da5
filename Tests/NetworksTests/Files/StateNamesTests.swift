import Networks
import Testing

/// The prefix that explains why the names of a state differ from the model's.
@Suite struct StateNamesTests {
  private func mismatch(_ missing: [String], _ unexpected: [String]) -> StateMismatch {
    StateMismatch(missing: missing, unexpected: unexpected, shapes: [])
  }

  @Test func aCommonPrefixIsFound() {
    let mismatch = mismatch(["a.weight", "a.bias"], ["module.a.weight", "module.a.bias", "module.extra"])
    #expect(mismatch.prefix == .inState("module.", isCommon: true))
    let text = NetworkError.stateMismatch(mismatch).description
    #expect(text.contains("not in the file: a.weight, a.bias"))
    #expect(text.contains("not in the model: module.a.weight, module.a.bias, module.extra"))
    #expect(
      text.contains("all names in the file begin with \"module.\"\nHint: remove \"module.\" from the names"))
  }

  @Test func aPrefixOfSomeNamesIsFound() {
    let mismatch = mismatch(["a.weight"], ["net.model.a.weight", "loss.weight"])
    #expect(mismatch.prefix == .inState("net.model.", isCommon: false))
    let text = NetworkError.stateMismatch(mismatch).description
    #expect(text.contains("the model's names are in the file after \"net.model.\"\nHint: "))
  }

  @Test func aPrefixOfTheModelIsFound() {
    #expect(mismatch(["net.weight", "net.bias"], ["weight", "bias"]).prefix == .inModel("net."))
    #expect(
      NetworkError.stateMismatch(mismatch(["net.weight"], ["weight"])).description
        .contains("the file's names are in the model after \"net.\"\nHint: put \"net.\" before the names"))
  }

  @Test func aRenamedPartIsFound() {
    let part = mismatch(["output.weight", "output.bias"], ["fc1.bias", "fc1.weight"]).renamedPart
    #expect(part?.inState == "fc1" && part?.inModule == "output")
    #expect(mismatch(["output.weight"], ["fc1.weight", "fc1.bias"]).renamedPart == nil)
  }

  @Test(arguments: [
    (["weight"], ["other"]), (["weight"], []), ([], ["a.weight"]),
    (["weight"], ["a\" .. os.exit() .. \".weight"]),
    (["a.weight", "a.bias", "b.weight", "b.bias"], ["x.weight", "x.a.weight"]),
  ])
  func otherStatesHaveNoPrefix(_ missing: [String], _ unexpected: [String]) {
    #expect(mismatch(missing, unexpected).prefix == nil)
    #expect(!NetworkError.stateMismatch(mismatch(missing, unexpected)).description.contains("Hint"))
  }
}
