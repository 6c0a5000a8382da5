import Metrics
import Tensors
import Testing

/// `nj.metrics` and `nj.benchmark` from Lua: what they give, and what they say of bad input.
@Suite struct LuaMetricTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    init(_ name: String, _ script: String) { (testDescription, self.script) = (name, script) }
  }

  static let examples = [
    Example(
      "metrics are called with what they measure",
      """
      local model = nj.nn.Sequential { nj.nn.Linear(3, 4), nj.nn.ReLU(), nj.nn.Linear(4, 2) }
      assert(nj.metrics.Footprint(model) == 4 * 26 and nj.metrics.ParameterCount(model) == 26)
      local operations = nj.metrics.SynapticOperations(model, nj.tensor { { 0.5, 0, 2 }, { 1, 0, 0 } })
      assert(operations.Dense == 20 and operations.Effective_MACs + operations.Effective_ACs <= 20)
      assert(nj.metrics.ClassificationAccuracy(nj.tensor { { 0, 1 }, { 3, 2 } }, nj.tensor({ 2, 2 }, { dtype = "int32" })) == 0.5)
      assert(nj.metrics.MSE(nj.tensor { 1, 2 }, nj.tensor { 1, 4 }) == 2)
      assert(tostring(nj.metrics.R2) == "nj.metrics.R2" and nj.metrics.R2.name == "R2")
      """),
    Example(
      "boxes are lists or tensors",
      """
      local truths = { { { 0, 0, 10, 10, 1 } }, {} }
      local found = nj.metrics.CocoMap(truths, { nj.tensor { { 0, 0, 10, 10, 1, 0.9 } }, {} })
      assert(math.abs(found.AP - 1) < 1e-12 and found.APl == nil)
      """),
    Example(
      "a benchmark takes metrics of all kinds",
      """
      local model = nj.nn.Sequential { { "act", nj.nn.ReLU() }, nj.nn.Linear(2, 2) }
      local batches = { { features = nj.ones(3, 2), labels = nj.ones({ 3 }, { dtype = "int32" }) } }
      local seen = {}
      local results = nj.benchmark {
        model = model, batches = batches, static = { nj.metrics.Footprint },
        preprocessors = { function(x) return x * 2 end },
        workload = {
          "ActivationSparsity",
          function(batch) seen[1] = batch.inputs:sum():item() return #batch.labels end,
        },
      }:run()
      assert(results.Footprint == 24 and results.ActivationSparsity == 0)
      assert(results["metric 3"] == 3 and seen[1] == 12 and results.samples == 3)
      assert(results.layers[1].name == "act" and next(results.failures) == nil)
      """),
    Example(
      "a metric that fails is left out, with its reason",
      """
      local results = nj.benchmark {
        model = nj.nn.Linear(2, 2), batches = { { features = nj.ones(3, 2), labels = nj.ones(3) } },
        workload = { function() error "no" end, nj.metrics.SynapticOperations, nj.metrics.MembraneUpdates, nj.metrics.MSE },
      }:run()
      assert(results.SynapticOperations.Dense == 4 and results["metric 1"] == nil and results.MembraneUpdates == nil)
      assert(results.failures["metric 1"]:find "no" and results.failures.MembraneUpdates:find "no spiking neurons")
      assert(results.failures.MSE:find "the outputs are %[3, 2%], the labels %[3%]")
      """),
    Example(
      "one benchmark leaves nothing to the next",
      """
      local model = nj.nn.Sequential { nj.nn.Linear(2, 2) }
      local batches = { { features = nj.ones(3, 2), labels = nj.ones({ 3 }, { dtype = "int32" }) } }
      local benchmark = nj.benchmark { model = model, batches = batches, workload = { nj.metrics.SynapticOperations } }
      for _ = 1, 3 do
        assert(benchmark:run().SynapticOperations.Dense == 4)
        model(nj.ones(100, 2))
      end
      """),
    Example(
      "latency and throughput are measured, energy is read or not",
      """
      local found = nj.system { model = nj.nn.Linear(4, 4), inputs = nj.randn(2, 4), sizes = { 1, 3 }, runs = 5, seconds = 0.1 }
      assert(found.latency.runs >= 1 and found.latency.median <= found.latency.p99)
      assert(#found.throughput == 2 and found.throughput[2].batch == 3 and found.peak_memory > 1e6)
      assert((found.joules_per_sample == nil) ~= (found.energy_not_readable == nil))
      assert(math.abs(found.operation_energy_estimate.joules_per_sample - 16 * 4.6e-12) < 1e-15)
      """),
  ]

  @Test func figuresOfContinualLearningAreOfAnyMatrix() throws {
    let state = try BindingsState()
    try state.run(
      """
      local rows = { { 0.8, 0.3 }, { 0.9, 0.7, 0.1 }, { 0.6, 0.9, 0.3 } }
      local found = nj.metrics.continual(rows, { untrained = { 0, 0.1, 0.2 } })
      local function near(a, b) assert(math.abs(a - b) < 1e-6, a) end
      near(found.forward_transfer, 0.05)
      near(found.forgetting, 0.05)
      near(found.backward_transfer, 0)
      near(found.harmonic_mean, 0.6)
      near(found.average_incremental, (0.8 + 0.8 + 0.6) / 3)
      local tensor = nj.tensor { { 0.8, 0 / 0 }, { 0.9, 0.7 } }
      near(nj.metrics.continual(tensor).backward_transfer, 0.1)
      assert(nj.metrics.continual(tensor).forward_transfer == nil)
      for _, case in ipairs {
        { 3, "not a tensor or a list of rows" }, { { { 1 }, { 1, 97 } }, "is 97.0, expected 0 to 1" }, { {}, "at least one" },
        { nj.zeros(2), "expected (sessions, groups)" },
      } do
        local bad, said = table.unpack(case)
        local ok, why = pcall(nj.metrics.continual, bad)
        assert(not ok and tostring(why):find(said, 1, true), why)
      end
      """)
  }

  @Test func learnersAreComparedInPairs() throws {
    _ = try BindingsState().run(
      """
      local left, right = { 0.9, 0.85, 0.88, 0.91, 0.86 }, nj.tensor { 0.88, 0.86, 0.84, 0.9, 0.83 }
      local found = nj.metrics.paired_difference(left, right)
      assert(math.abs(found.mean - 0.018) < 1e-6 and found.pairs == 5)
      assert(found.low > 0 and found.low < found.mean and found.high > found.mean and found.p == 0.0625)
      local same = nj.metrics.paired_difference({ 0.5, 0.5 }, { 0.25, 0.25 })
      assert(same.mean == 0.25 and same.low == nil and same.high == nil and same.p == nil)
      """)
  }

  @Test(arguments: examples) func measures(_ example: Example) throws {
    _ = try BindingsState().run(example.script)
  }

  static let mistakes: [(script: String, message: String)] = [
    (
      "nj.benchmark { model = nj.nn.ReLU(), batches = {}, workload = { nj.metrics.MSE } }:run()",
      "there are no batches"
    ),
    ("nj.benchmark { model = nj.nn.ReLU(), batches = {} }", "there are no metrics"),
    (
      "nj.benchmark { model = nj.nn.ReLU(), batches = {}, workload = { 'footprint' } }",
      "did you mean 'Footprint'?"
    ),
    ("nj.benchmark { model = nj.nn.ReLU(), batches = {}, workload = { 3 } }", "expected nj.metrics.…"),
    (
      "nj.benchmark { model = nj.nn.ReLU(), batches = 3, workload = { nj.metrics.MSE } }",
      "batches is a number"
    ),
    (
      "nj.metrics.ClassificationAccuracy(nj.zeros(1, 3), nj.tensor({ 4 }, { dtype = 'int32' }))",
      "a label is class 4, the outputs have 3 classes"
    ),
    (
      "nj.metrics.ClassificationAccuracy(nj.full({ 1, 3 }, 0 / 0), nj.tensor({ 1 }, { dtype = 'int32' }))",
      "the outputs contain NaN"
    ),
    ("nj.metrics.ConnectionSparsity(nj.nn.ReLU())", "no linear, convolutional or recurrent layer"),
    ("nj.metrics.CocoMap({ { { 0, 0, -1, 5, 1 } } }, { {} })", "is -1.0 wide and 5.0 high"),
    ("nj.metrics.CocoMap({ {} }, { {}, {} })", "truths of 1 images and detections of 2"),
    ("nj.metrics.CocoMap({ {} }, { {} })", "no image has a box that counts"),
    ("nj.system { model = nj.nn.ReLU(), inputs = nj.zeros(0, 2) }", "at least one sample"),
    ("nj.metrics.paired_difference({ 1 }, { 1 })", "two values or more"),
    ("nj.metrics.paired_difference(3, { 1 })", "left is not a tensor or a list of numbers"),
    ("return nj.metrics.Footprnt", "Footprint"),
  ]

  @Test(arguments: mistakes) func saysWhatIsWrong(_ mistake: (script: String, message: String)) throws {
    let failure = Result { try BindingsState().run(mistake.script) }
    guard case .failure(let error) = failure else {
      Issue.record("it did not fail")
      return
    }
    #expect("\(error)".contains(mistake.message), "\(error)")
  }
}
