local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("frozen", function()
  it("has the scores of the trained readout, whatever it is taught", function()
    local base = testing.samples { features = nj.randn { 4, 5 }, labels = { 1, 1, 2, 2 }, classes = 3 }
    local learner = nj.plugin("learner", "frozen").new()
    learner:start(base)
    learner:learn(testing.samples { features = nj.ones { 1, 5 }, labels = { 3 } })
    local x = nj.randn { 2, 5 }
    expect(learner:scores(x)):to_equal(base.model:readout(x))
  end)
end)
