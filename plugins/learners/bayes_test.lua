local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("bayes", function()
  local random = nj.random(3)
  local centres = nj.tensor { { 0, 0 }, { 4, 0 }, { 0, 4 } }
  local labels = random:randint(1, 3, { 30 })
  local features = centres:index_select(1, labels) + random:randn(30, 2) * 0.5
  local base = testing.samples { features = features, labels = labels, classes = 4 }

  -- The mean of the fourth word's posterior, after so many samples at (8, 8).
  local function mean(count)
    local learner = nj.plugin("learner", "bayes").new()
    learner:start(base)
    local seen = {}
    for i = 1, count do seen[i] = 4 end
    learner:learn(testing.samples { features = nj.full({ count, 2 }, 8), labels = seen })
    return (learner.mean[4] + learner.m)[1]
  end

  it("believes few samples less than many", function()
    expect(mean(1)):to_be_below(mean(5))
    expect(mean(100)):to_be_close(8, 0.1)
  end)
end)
