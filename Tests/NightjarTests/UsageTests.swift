import Testing

/// A command line with its exit code.
struct UsageCase: Sendable, CustomTestStringConvertible {
  let line: String
  let status: Int32
  /// Parts of the message.
  let says: [String]
  var arguments: [String] { line.split(separator: " ").map(String.init) }
  var testDescription: String { "nightjar \(line)" }

  init(_ line: String, _ status: Int32, _ says: String...) {
    self.line = line
    self.status = status
    self.says = says
  }
}

@Suite struct UsageTests {
  static let answers = [
    UsageCase("", 0, "USAGE", "plugins", "doctor"),
    UsageCase(
      "--help", 0, "nightjar FILE.lua", "nightjar bench keyword_fscil", "--generate-completion-script bash"),
    UsageCase("--version", 0, "0."),
    UsageCase("help data", 0, "synth", "import", "check", "info"),
    UsageCase("help nn.LSTM", 0, "nj.nn.LSTM(in, width)"),
    UsageCase("help bench", 0, "--learner", "--repeats"),
    UsageCase("help", 0, "USAGE", "doctor"),
    UsageCase("repl --help", 0, "--limit", "history"),
    UsageCase("run --help", 0, "--set", "--allow", "--out", "--memory", "--seed"),
    UsageCase("data synth --help", 0, "--size", "--format", "--rate", "--harder", "--threads"),
    UsageCase("data import --help", 0, "--base", "--skip-bad"),
    UsageCase("plugins new --help", 0, "KIND"),
  ]

  @Test(arguments: answers) func answersQuestions(_ c: UsageCase) throws {
    let end = try Sandbox().run(c.arguments)
    #expect(end.status == c.status)
    for text in c.says { #expect(end.output.lowercased().contains(text.lowercased())) }
    #expect(end.errors == "")
  }

  static let mistakes = [
    UsageCase("rnu hello.lua", 2, "did you mean 'run'?", "nightjar run --help"),
    UsageCase("hello", 2, "there is no command or script 'hello'"),
    UsageCase("data sinth", 2, "did you mean 'synth'?", "nightjar data --help"),
    UsageCase("data", 2, "synth, import, check, info"),
    UsageCase("--bogus", 2, "'--bogus'"),
    UsageCase("--hlep", 2, "there is no option '--hlep'", "did you mean '--help'?"),
    UsageCase("run", 2, "there is no script", "nightjar run --help"),
    UsageCase("help nn.LTSM", 2, "did you mean nj.nn.LSTM?"),
    UsageCase("help knn", 2, "`nightjar help nj` lists the modules"),
    UsageCase("train", 2, "nightjar bench trains"),
    UsageCase("completion", 2, "--generate-completion-script"),
    UsageCase("help m5", 2, "nightjar plugins show model/m5"),
    UsageCase("help bnech", 2, "the command 'bench'"),
    UsageCase("run a.lua --thread 2", 2, "Did you mean '--threads'?", "nightjar run --help"),
    UsageCase(
      "bench --watch", 2, "Unknown option '--watch'. Hint: nightjar watch FILE.lua", "nightjar bench --help"),
    UsageCase("bench --epochs 3", 2, "Hint: --set recipe.epochs=N"),
    UsageCase("a.lua --verbose", 2, "NIGHTJAR_LOG=debug"),
    UsageCase("bench --resume", 2, "no run in ./runs was interrupted"),
    UsageCase("--resume", 2, "no run in ./runs was interrupted"),
    UsageCase("cache clear --older soon", 2, "'soon' is not an age", "30d"),
    UsageCase("cache list --stage x", 2, "no results of 'x'", "it is empty"),
    UsageCase("a.lua --limit time", 2, "--limit time: ", "nightjar run --help"),
    UsageCase("bench mackey_glass --data words", 2, "--data has no effect", "generates its data"),
    UsageCase("bench mackey_glass --align", 2, "--align has no effect"),
    UsageCase("bench mackey_glass --learner ridge", 2, "--learner has no effect", "generates its data"),
    UsageCase("bench mackey_glass --recipe robust", 2, "--recipe has no effect"),
    UsageCase("bench mackey_glass --encoder mfcc", 2, "--encoder has no effect"),
    UsageCase(
      "bench mackey_glass --set recipe.epochs=3", 2, "recipe.epochs=3 has no effect", "uses no recipe"),
    UsageCase("bench mackey_glass --set cross_entropy.lr=1", 2, "cross_entropy.lr=1 has no effect"),
    UsageCase("bench keyword_classification --learner ridge", 2, "--learner has no effect", "does not use"),
    UsageCase("bench keyword_classification --learner ridge --set learner.lambda=1", 2, "has no effect"),
    UsageCase("data check caf\u{fffd}", 2, "'caf\\u{fffd}' is not UTF-8"),
    UsageCase("a.lua --limit time=0x10", 2, "time=60s"),
    UsageCase("a.lua --limit instructions=0x1p9", 2, "instructions=1e9"),
    UsageCase("twin a.lua b.lua --tolerance 0x1", 2, "'0x1': expected a number"),
    UsageCase("verify a.njcapsule --tolerance 0x1p-4", 2, "'0x1p-4': expected a number"),
    UsageCase("a.lua --threads 0x2", 2, "1 to 1024"),
    UsageCase("a.lua --threads 0", 2, "1 to 1024"),
    UsageCase("a.lua --neighbour-count 3", 2, "Unknown option", "--set neighbour_count=VALUE"),
    UsageCase("a.lua --memory lots", 2, "2GiB"),
    UsageCase("a.lua --set epochs", 2, "name=value"),
    UsageCase("a.lua --plugins nowhere", 2, "nowhere"),
    UsageCase("a.lua --allow fs.red=/tmp", 2, "did you mean 'fs.read'?"),
    UsageCase("data synth --size huge", 2, "quick"),
    UsageCase("data synth --rate 7", 2, "--rate 16000"),
    UsageCase("plugins show learner/prototypicle", 2, "did you mean 'prototypical'?"),
    UsageCase("plugins show lerner/frozen", 2, "did you mean 'learner'?"),
    UsageCase("plugins new learner 9x", 2, "my_learner"),
    UsageCase("runs show nothing", 2, "nightjar runs list"),
    UsageCase("a.lua", 3, "cannot read a.lua: no such file"),
    UsageCase("data info nowhere", 3, "nowhere"),
    UsageCase("data import nowhere --out new", 3, "nowhere"),
    UsageCase("model show nowhere.safetensors", 3, "nowhere.safetensors"),
    UsageCase(
      "bench --processes 2 --limit call=1s", 2, "--processes: limits and profiles are of one process"),
    UsageCase(
      "bench mackey_glass --processes 2", 2, "--processes has no effect: the task mackey_glass does not run"),
    UsageCase("bench keyword_streaming --processes 2", 2, "--processes has no effect"),
    UsageCase("watch bench --processes 2", 2, "--processes: a bench that is watched"),
    UsageCase("sweep bench", 2, "nothing says which values to try. Hint: add --grid"),
    UsageCase("sweep bench --seed 3 --seeds 1,2 --grid recipe.lr=1", 2, "nightjar: --seeds names every seed"),
    UsageCase("sweep bench --nothing --grid recipe.lr=1", 2, "nightjar: Unknown option '--nothing'"),
    UsageCase("bench --json --json-lines", 2, "--json and --json-lines are different formats"),
    UsageCase("runs list --json --json-lines", 2, "different formats"),
    UsageCase(
      "bench --learner ridge:lambda=x", 2, "--learner ridge:lambda=x: option 'lambda': expected number"),
    UsageCase("bench --processes 0", 2, "expected an integer from 1 to 1024"),
    UsageCase("plugins check nowhere", 3, "nowhere"),
  ]

  @Test(arguments: mistakes) func refusesMistakes(_ c: UsageCase) throws {
    let end = try Sandbox().run(c.arguments)
    #expect(end.status == c.status)
    #expect(end.errors.hasPrefix("nightjar: "))
    for text in c.says { #expect(end.errors.contains(text)) }
    #expect(end.output == "")
  }
}
