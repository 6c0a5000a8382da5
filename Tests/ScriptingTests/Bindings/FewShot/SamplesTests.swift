import LuaHost
import Scripting
import Testing

/// What learners get: samples of tones, in a learner that looks at them in `start`.
@Suite struct SamplesTests {
  private let state: BindingsState

  init() throws {
    state = try BindingsState()
    try state.putTones()
  }

  /// What a learner's `start` finds wrong with `check`, its body, where `base` are the base samples.
  private func failure(of check: String) throws -> String? {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.learner {
        name = "looking", summary = "Looks at its samples", api = 1,
        start = function(self, base)
          \(check)
          self.classes = base.model.classes
        end,
        scores = function(self, x) return x:sum(2, true) * nj.ones { self.classes } end,
      }
      """, at: "plugins/learners/looking.lua")
    return try state.run(
      BindingsState.tones + """
        local results = nj.fscil.run { model = model, data = data, learners = { "prototypical", "looking" } }
        return results:failures()["looking"] or results:failures()["learner/looking"]
        """
    )[0].string
  }

  @Test func mappedSamplesHaveOtherFeaturesAndTheSameClasses() throws {
    let failure = try failure(
      of: """
        local double = base:map(function(x, factor, offset) return x * factor + offset end, 2, 1)
        assert(double.features:eq(base.features * 2 + 1):all():item())
        assert(double.labels:eq(base.labels):all():item() and #double.classes == #base.classes)
        assert(rawequal(double.model, base.model) or double.model.classes == base.model.classes)
        for _, class in ipairs(base.classes) do
          assert(double:of(class):eq(base:of(class) * 2 + 1):all():item())
        end
        """)
    #expect(failure == nil)
  }

  @Test(arguments: [
    ("base:map(function() end)", "map: f returned nothing"),
    ("base:map(function() return 3 end)", "map: f returned"),
    ("base:map(function(x) return x:sum() end)", "expected float32 with a row for each of"),
    ("base:map(function(x) return x[{ { 1, 2 } }] end)", "map: f returned [2, "),
    ("base:map(function(x) return x:gt(0) end)", "of bool"),
    ("base:map()", "map"),
    ("base:map(function(x) return x:sum(9) end)", "sum"),
  ])
  func mapSaysWhatTheFunctionReturnedInstead(_ call: String, _ message: String) throws {
    let failure = try #require(try failure(of: call))
    #expect(failure.contains(message))
  }

  @Test func classesAreAlsoPositions() throws {
    let failure = try failure(
      of: """
        local means = nj.zeros { base.model.classes, base.features:size(2) }
        means[base.class_index] = base:class_means()
        assert(base.class_index.dtype == "int32")
        for i, class in ipairs(base.classes) do
          assert(base.class_index[i] == class and means[class]:eq(base:class_means()[i]):all():item())
        end
        """)
    #expect(failure == nil)
  }
}
