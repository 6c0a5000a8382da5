local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("cosine", function()
  local learner

  before_each(function()
    learner = nj.plugin("learner", "cosine").new()
    learner:start(testing.samples { features = nj.tensor { { 3, 0 }, { 0, 5 } }, labels = { 1, 2 } })
  end)

  it("scores by the cosine of the angle to a word's mean", function()
    expect(learner:scores(nj.tensor { { 1, 1 }, { 0, 2 } })):to_be_close { { 0.5 ^ 0.5, 0.5 ^ 0.5 }, { 0, 1 } }
  end)

  it("ignores the length of an embedding", function()
    local x = nj.randn { 4, 2 }
    expect(learner:scores(x * 10)):to_be_close(learner:scores(x))
  end)
end)
