import ArgumentParser
import Foundation
import Support
import Tensors

/// Random scripts over everything the host gives to scripts; see scripts/fuzz.
@main
struct Fuzzer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Fuzzer",
    abstract: "Random calls over the Lua bindings: crashes, hangs, leaks, bad messages",
    subcommands: [
      HuntCommand.self, CaseCommand.self, WorkCommand.self, MakeCommand.self, TrainCommand.self,
      MutationHuntCommand<StateFiles>.self, MutationWorkCommand<StateFiles>.self,
      MutationHuntCommand<SoundFiles>.self, MutationWorkCommand<SoundFiles>.self, SoundVerdictsCommand.self,
      DatasetsCommand.self, JSONVerdictsCommand.self, InventoryCommand.self,
    ],
    defaultSubcommand: HuntCommand.self)
}

extension Mode: ExpressibleByArgument {}

struct HuntCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt", abstract: "Runs cases until so many calls were made")

  @Option(help: "Calls to make.") var calls = 100_000
  @Option(help: "What the cases follow from.") var seed: UInt64 = 1
  @Option(help: "plain; fail: native allocations fail; collect: Lua collects at each allocation.") var mode =
    Mode.plain
  @Option(help: "Processes side by side.") var jobs = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Seconds a case may take.") var patience = 20.0
  @Option(help: "Findings after which it ends.") var most = 20
  @Option(help: "Where shrunk cases are kept.") var out = ".build/fuzz-findings"

  func run() throws {
    let world = try World.make()
    defer { world.remove() }
    let plan = Hunt.Plan(
      calls: calls, seed: seed, mode: mode, jobs: max(1, jobs), patience: patience, most: most, folder: out)
    if Hunt(plan, in: world).run() > 0 { throw ExitCode(1) }
  }
}

/// One case from a file, in this process.
struct CaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "Runs a kept case, line by line")

  @Argument(help: "Its file.") var file: String
  @Option var mode = Mode.plain
  @Flag(help: "Prints the error of each line.") var errors = false
  @Option(help: .hidden) var world: String?

  func run() throws {
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let place = try world.map { World(root: $0) } ?? World.make()
    defer { if world == nil { place.remove() } }
    let shows = errors
    let runner = CaseRun(place, mode) { message in if shows { print(message) } }
    try inChild { _ = try runner.run(lines) }
  }
}

/// Cases from a seed, one after the other; says their number, and what was counted, after each.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "work", shouldDisplay: false)

  @Option var seed: UInt64
  @Option var first: Int
  @Option var step: Int
  @Option var mode: Mode
  @Option var world: String

  func run() throws {
    let catalogue = Catalogue()
    let runner = CaseRun(World(root: world), mode)
    try inChild {
      for number in stride(from: first, to: Int.max, by: step) {
        var maker = CaseMaker(catalogue, seed: seed, number: number, mode: mode)
        let lines = maker.lines()
        let tally = try runner.run(lines, calls: maker.calls)
        let words = [number, tally.runs, tally.calls, tally.passed].map(String.init)
        try FileHandle.standardOutput.write(contentsOf: Data((words.joined(separator: " ") + "\n").utf8))
        try MemoryWatch.check()
      }
    }
  }
}

/// The text of a case.
struct MakeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "make", abstract: "Shows a case of a seed")

  @Option var seed: UInt64 = 1
  @Option var number = 0
  @Option var mode = Mode.plain

  func run() {
    var maker = CaseMaker(Catalogue(), seed: seed, number: number, mode: mode)
    print(maker.lines().joined(separator: "\n"))
  }
}

/// A training run on several threads, for the thread sanitizer.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a small network on several threads")

  @Option(help: "Threads.") var threads = 4
  @Option(help: "Steps.") var steps = 6

  func run() throws { try TrainingRun.run(threads: threads, steps: steps) }
}

/// Random lists, folders and names of data sets, in this process: a crash ends it at the case it has just named.
struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Reads random lists and imports random folders")

  @Option(help: "Cases to run.") var cases = 20_000
  @Option(help: "What the cases follow from.") var seed: UInt64 = 1
  @Option(help: "The first case.") var first = 0

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/nightjar-fuzz-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let hunt = try DatasetHunt(in: folder)
    for number in first..<first + cases {
      do { try hunt.run(seed: seed, number: number) } catch let finding as Finding {
        print("finding: case \(number) of seed \(seed): \(finding)")
        throw ExitCode(3)
      }
    }
    print("\(cases) lists and folders: no finding")
  }
}

/// The work of a child process: what it finds is told in a line, and by its exit code.
func inChild(_ body: () throws -> Void) throws {
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  setrlimit(__rlimit_resource_t(4), &none)
  do { try body() } catch let finding as Finding {
    FileHandle.standardError.write(Data("finding: \(finding)\n".utf8))
    throw ExitCode(3)
  }
}
