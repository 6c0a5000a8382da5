local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("mackey_glass", function()
  local function run(options)
    local context = testing.task_context()
    local small = {
      repeats = 2, has_weights = false, model = { name = "esn" },
      build = function(_, task)
        return nj.plugin("model", "esn").build(
          { size = 40, tau = task.defaults.tau }, { input = { time = 1, channels = 1 }, classes = 1 })
      end,
    }
    expect(context.repeats):to_equal(1)
    return nj.plugin("task", "mackey_glass").new(options):run(small)
  end

  it("has NeuroBench's metrics for each repeat", function()
    local results = run { train = 2, test = 1 }
    expect(#results.metrics.SMAPE):to_equal(2)
    expect(results.metrics.Dense[1]):to_equal(40 * 40 + 40 * 2 + 42)
    expect(results.metrics.Footprint[1]):to_equal(4 * (40 * 40 + 40 * 2 + 42))
  end)

  it("has the error of every point, whose mean is the score", function()
    local results = run { train = 2, test = 1 }
    local sum = 0
    for _, error in ipairs(results.curves.error[1]) do sum = sum + error end
    expect(sum / 75):to_be_close(results.metrics.SMAPE[1], 1e-3)
  end)

  it("has one row for each series", function()
    local results = run { taus = { 17, 30 }, train = 1, test = 1 }
    expect(#results.tables.series):to_equal(2)
    expect(results.tables.series[2].tau):to_equal(30)
  end)

  it("says which series there are", function()
    expect(function() run { taus = { 5 } } end):to_raise("NeuroBench has those of 17 to 30")
  end)
end)
