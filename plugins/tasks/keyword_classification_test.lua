local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("keyword_classification", function()
  local results

  before_each(function()
    results = nj.plugin("task", "keyword_classification").new():run(testing.task_context())
  end)

  it("has NeuroBench's metrics", function()
    expect(results.metrics.ClassificationAccuracy):to_be_above(-1)
    expect(results.metrics.Footprint):to_be_above(0)
    expect(results.metrics.SynapticOperations.Dense):to_be_above(0)
  end)

  it("has the accuracy of each base word, whose mean by clips is that of all", function()
    local correct, clips = 0, 0
    for _, row in ipairs(results.tables.words) do
      correct = correct + row.accuracy * row.clips
      clips = clips + row.clips
    end
    expect(correct / clips):to_be_close(results.metrics.ClassificationAccuracy)
  end)
end)
