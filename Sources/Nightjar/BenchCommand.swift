import ArgumentParser
import Experiments
import Foundation
import Support

/// `nightjar bench`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Run a benchmark: train, learn in sessions, test; writes tables, a figure and results.json.",
    discussion: """
      Without --data the 200 words of the NeuroBench task are synthesized. Stages whose inputs have not changed are \
      reused: after an edit of a learner only the sessions run again.

        nightjar bench keyword_fscil --learner prototypical,frozen --repeats 100
        nightjar bench keyword_fscil --set model.channels=64 --set recipe.epochs=5
        nightjar bench keyword_fscil --model ./my_model.lua --test argmax_accuracy --metric forgetting
      """)

  /// The plugins that are used where none is named.
  enum Defaults {
    static let model = "m5"
    static let learner = "prototypical,frozen"
    static let recipe = "cross_entropy"
  }

  @Argument(help: "The task plugin.", completion: .custom { _, _, _ in NameCompletion.plugins(.task) })
  var task = "keyword_fscil"

  @Option(
    name: .long, help: "The model plugin, by name or file (default: the task's, or m5).",
    completion: .custom { _, _, _ in NameCompletion.plugins(.model) })
  var model: String?

  @OptionGroup var weights: WeightOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Learner plugins, by name or file, separated by commas; with options to compare settings: "
        + "ridge:lambda=1,ridge:lambda=10.",
      valueName: "names"),
    completion: .custom { _, _, prefix in NameCompletion.list(.learner, after: prefix) })
  var learner = Defaults.learner

  @Option(
    name: .long, help: "The recipe plugin, which trains the base network.",
    completion: .custom { _, _, _ in NameCompletion.plugins(.recipe) })
  var recipe = Defaults.recipe

  @Option(
    name: .long,
    help: "The encoder plugin, which converts sound to features (default: the model's, or mfcc).",
    completion: .custom { _, _, _ in NameCompletion.plugins(.encoder) })
  var encoder: String?

  @Option(
    name: .long, parsing: .singleValue, help: ArgumentHelp("A metric plugin. Repeatable.", valueName: "name"),
    completion: .custom { _, _, _ in NameCompletion.plugins(.metric) })
  var metric: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "A test plugin, in addition to the standard test function. Repeatable.", valueName: "name"),
    completion: .custom { _, _, _ in NameCompletion.plugins(.test) })
  var test: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Repeats, each with a new session order and new samples.", valueName: "n"),
    transform: IntegerArgument.within(1...1_000_000))
  var repeats = 20

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Train again with each of these seeds, and run all repeats; separated by commas.", valueName: "list"),
    transform: BenchCommand.seeds)
  var seeds: [UInt64]?

  @OptionGroup var sharing: ProcessOptions

  @OptionGroup var output: OutputOptions

  @OptionGroup var figures: FigureOptions

  @OptionGroup var following: FollowOptions

  @Flag(
    name: .customLong("strict-neurobench"),
    help: "Compute the network's metrics exactly as NeuroBench 2.3.0 does, including its errors.")
  var strictNeuroBench = false

  @Flag(
    name: .long,
    help: "Test on validation clips, to choose settings by: no clip of the test is used.")
  var validation = false

  @Flag(
    name: .long,
    help:
      "Resume the last interrupted run of this command, in its folder; alone, the last one whatever it was.")
  var resume = false

  @Flag(
    name: .customLong("no-check"),
    help: "Start without the check of the plugins on made-up data, as `plugins check` does it.")
  var noCheck = false

  @OptionGroup var data: DataOptions

  @OptionGroup var reading: ReadingOptions

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try options.common.requireOneFormat(jsonLines: following.jsonLines)
    guard !(resume && output.out != nil) else {
      throw UsageError("--resume continues in the folder of the interrupted run", hint: "leave out --out")
    }
    guard seeds == nil || options.seed == 1 else {
      throw UsageError("--seeds names every seed", hint: "leave out --seed")
    }
    if sharing.processes ?? 1 > 1, !options.limits.limit.isEmpty || options.profiling.profile != nil {
      throw UsageError(
        "limits and profiles are of one process, which then runs all repeats", hint: "leave it out",
        at: "--processes")
    }
    guard !names(learner).isEmpty else { throw UsageError("expected at least one name", at: "--learner") }
    for (option, list) in [("--learner", names(learner)), ("--metric", metric), ("--test", test)] {
      if let twice = list.first(where: { name in list.count { $0 == name } > 1 }) {
        throw UsageError("'\(twice)' is listed twice", at: option)
      }
    }
    if let file = weights.file {
      let setting = options.set.first { $0.name.hasPrefix("recipe.") || $0.name.hasPrefix(recipe + ".") }
      let unused =
        recipe == Defaults.recipe ? setting.map { "--set \($0.name)=\($0.value)" } : "--recipe \(recipe)"
      if let unused {
        throw UsageError(
          "it has no effect: the model is not trained, its weights are those of \(file)",
          hint: "leave it out",
          at: unused)
      }
    }
    let named = [("--model", model), ("--recipe", recipe), ("--encoder", encoder)]
    for (option, value) in named + (metric.map { ("--metric", $0) } + test.map { ("--test", $0) })
    where value?.isEmpty == true {
      throw UsageError("expected a name, got an empty one", at: option)
    }
  }

  func run() throws {
    if let part = sharing.part { return try run(part) }
    if resume, [[], ["bench"]].contains(Self.resultOptions(CommandLine.arguments)),
      let last = try Self.lastInterrupted()
    {
      return try last.command.run(as: last.words, in: OutputFolder(last.path, earlierRun: .resumed))
    }
    try run(as: CommandLine.arguments, in: folder())
  }

  /// Runs the command as `words` state it, which the run's settings keep.
  private func run(as words: [String], in folder: OutputFolder?) throws {
    var hostOptions = try options.hostOptions(name: task, out: folder)
    hostOptions.command = words
    configure(&hostOptions)
    let host = try ScriptHost(hostOptions)
    host.context.followsNeuroBench = strictNeuroBench
    var bench = Bench(request, state: host.state, library: host.library, context: host.context)
    let output = StandardOutput()
    if following.jsonLines {
      bench.onResults = { results in
        for row in results.rawTable.objects { try output.write(StreamedEvent("result", row).line) }
      }
    }
    bench.helpers = helpers(of: words, on: host)
    let results = try host.recording { try bench.run(in: host.run) }
    if following.jsonLines {
      // Everything was printed as it came.
    } else if options.common.json {
      try output.json(results)
    } else {
      try print(results, in: try host.run.folder(), on: output)
    }
    if let failures = results.failures {
      host.console.warn(
        "the results lack \(failures.keys.sorted().joined(separator: ", ")); the reasons are above and in results.json"
      )
      throw ExitCode.script
    }
  }

  /// Other processes for the repeats, at most as many as a task of a cluster has cores.
  private func helpers(of words: [String], on host: ScriptHost, cores: Int? = nil) -> BenchHelpers? {
    if let processes = sharing.processes, let cores, processes > cores {
      host.console.say(
        "--processes \(processes): the job has \("processor".counted(cores)), for one process each")
    }
    return helpers(
      Self.resultOptions(words), processes: sharing.processes.map { min($0, cores ?? $0) }, on: host)
  }

  /// Other processes for the repeats, which run `command`. A limit holds for the repeats of one process, and a profile
  /// measures it.
  func helpers(_ command: [String], processes: Int?, on host: ScriptHost) -> BenchHelpers? {
    guard processes != 1, options.limits.limit.isEmpty, options.profiling.profile == nil else { return nil }
    return BenchHelpers(
      command, processes: processes, threads: host.device.threads, memory: host.device.pool.budget)
  }

  /// Runs a part of the repeats for the process that started this one.
  private func run(_ part: BenchPart) throws {
    var hostOptions = try options.hostOptions(name: task)
    configure(&hostOptions)
    try run(part, of: request, hostOptions)
  }

  /// Runs a part of a bench for the process that started this one; nothing is recorded.
  func run(_ part: BenchPart, of request: BenchRequest, _ options: HostOptions) throws {
    HelperRun.endWithParent()
    var options = options
    options.isQuiet = true
    let host = try ScriptHost(options)
    host.state.print = { _ in HelperRun.giveUp() }
    host.context.run = HelperRun(settings: options.settings)
    host.context.followsNeuroBench = strictNeuroBench
    try Bench(request, state: host.state, library: host.library, context: host.context).run(part)
  }

  /// Runs the command as a task of a sweep, in a folder of its own; `adjust` changes what the command line leaves open.
  ///
  /// - Parameter cores: those that the task of a cluster has; nil on this machine.
  /// - Throws: as ``run()``.
  func runTask(
    as words: [String], in folder: OutputFolder, cores: Int? = nil,
    adjust: (inout HostOptions) -> Void = { _ in }
  ) throws {
    var hostOptions = try options.hostOptions(name: task, out: folder)
    hostOptions.command = words
    configure(&hostOptions)
    adjust(&hostOptions)
    let host = try ScriptHost(hostOptions)
    host.context.followsNeuroBench = strictNeuroBench
    var bench = Bench(request, state: host.state, library: host.library, context: host.context)
    bench.helpers = helpers(of: words, on: host, cores: cores)
    _ = try host.recording { try bench.run(in: host.run) }
  }

  /// Sets what has options of the bench itself.
  func configure(_ hostOptions: inout HostOptions) {
    hostOptions.figures = figures.names
    hostOptions.writesEvents = following.tensorBoard
    hostOptions.streamsEvents = following.jsonLines
    if let first = seeds?.first { hostOptions.seed = first }
  }

  /// Reads `1,2,3`.
  private static func seeds(_ text: String) throws -> [UInt64] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.filter { !$0.isWhitespace }
    }
    let seeds = parts.compactMap { UInt64($0) }
    guard seeds.count == parts.count, !seeds.isEmpty else {
      throw UsageError("'\(text)': expected integers of at least 0, separated by commas")
    }
    guard Set(seeds).count == seeds.count else { throw UsageError("'\(text)' has a seed twice") }
    return seeds
  }

  /// What the bench is to run.
  var request: BenchRequest {
    var request = BenchRequest()
    request.task = task
    request.data = data.data
    request.size = data.size ?? .quick
    request.rate = reading.rate
    request.isAligned = reading.align
    request.model = model
    request.weights = weights.file.map { ($0, weights.names.names) }
    request.learners = names(learner)
    request.recipe = recipe
    request.encoder = encoder
    request.metrics = metric
    request.tests = test
    request.settings = options.set.map { ($0.name, $0.value) }
    request.isValidation = validation
    request.repeats = repeats
    request.seeds = seeds ?? []
    request.figures = figures.names
    request.isChecked = !noCheck
    return request
  }

  private func names(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
