import Networks
import Testing

/// What the message about another state says of names that differ by what is before them.
@Suite struct StateNamesTests {
  private func text(_ missing: [String], _ unexpected: [String]) -> String {
    NetworkError.stateMismatch(missing: missing, unexpected: unexpected, shapes: []).description
  }

  @Test func aCommonPrefixIsTakenOff() {
    let text = text(["a.weight", "a.bias"], ["module.a.weight", "module.a.bias", "module.extra"])
    #expect(text.contains("not in the file: a.weight, a.bias"))
    #expect(text.contains("not in the model: module.a.weight, module.a.bias, module.extra"))
    #expect(text.contains("all names in the file begin with \"module.\""))
    #expect(text.contains("do state[name:sub(8)] = tensor end"))
  }

  @Test func otherNamesAreLeftOut() {
    let text = text(["a.weight"], ["net.model.a.weight", "loss.weight"])
    #expect(text.contains("the model's names are in the file behind \"net.model.\""))
    #expect(text.contains("if name:sub(1, 10) == \"net.model.\" then state[name:sub(11)] = tensor end end"))
  }

  @Test func aPrefixOfTheModelIsPutBefore() {
    #expect(
      text(["net.weight", "net.bias"], ["weight", "bias"])
        .contains("the file's names are in the model behind \"net.\". Hint: "))
    #expect(text(["net.weight"], ["weight"]).contains("do state[\"net.\" .. name] = tensor end"))
  }

  @Test(arguments: [
    (["weight"], ["other"]), (["weight"], []), ([], ["a.weight"]),
    (["weight"], ["a\" .. os.exit() .. \".weight"]),
    (["a.weight", "a.bias", "b.weight", "b.bias"], ["x.weight", "x.a.weight"]),
  ])
  func otherStatesGetNoSuchLine(_ missing: [String], _ unexpected: [String]) {
    #expect(!text(missing, unexpected).contains("Mend"))
  }
}
