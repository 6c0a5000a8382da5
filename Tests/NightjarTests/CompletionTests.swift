import Foundation
import Testing

/// What shells are told to complete.
@Suite struct CompletionTests {
  /// A command line, the argument that is completed, and some of the words that are offered.
  static let cases: [(line: [String], argument: [String], offered: [String])] = [
    (["bench", "--model", ""], ["bench", "--", "--model"], ["m5", "small_conv"]),
    (["bench", "--learner", ""], ["bench", "--", "--learner"], ["prototypical", "frozen"]),
    (["bench", "--set", ""], ["bench", "--", "--set"], ["model.channels=", "recipe.epochs="]),
    (
      ["bench", "--model", "gru", "--set", ""], ["bench", "--", "--set"], ["model.width=", "recipe.epochs="]
    ),
    (["study.lua", "--set", ""], ["run", "--", "--set"], ["epochs="]),
    (["plugins", "show", ""], ["plugins", "show", "--", "positional@0"], ["learner/cosine", "model/m5"]),
    (["help", ""], ["help", "--", "positional@0"], ["nj.nn.LSTM", "nn.LSTM", "tensor:mean", "bench"]),
  ]

  @Test(arguments: cases.indices) func namesAreOffered(_ index: Int) throws {
    let c = Self.cases[index]
    let sandbox = try Sandbox()
    try sandbox.write("require('nightjar').run.options { epochs = { default = 3 } }", to: "study.lua")
    let end = try sandbox.run(["---completion"] + c.argument + ["\(c.line.count)", "0", "nightjar"] + c.line)
    let words = end.output.split(separator: "\n").map(String.init)
    for word in c.offered { #expect(words.contains(word), "\(end.output)\(end.errors)") }
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func scriptsAreGenerated(_ shell: String) throws {
    let end = try Sandbox().run("--generate-completion-script", shell)
    #expect(end.status == 0 && end.output.contains("---completion") && end.output.contains("--learner"))
  }
}
