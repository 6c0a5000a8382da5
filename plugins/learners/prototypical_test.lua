local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("prototypical", function()
  local learner

  before_each(function()
    learner = nj.plugin("learner", "prototypical").new()
    learner:start(testing.samples {
      features = nj.tensor { { 0, 0 }, { 2, 0 }, { 9, 9 } },
      labels = { 1, 1, 2 },
      classes = 3,
    })
  end)

  it("scores a word by 2 p·x − p·p, where p is the mean of its samples", function()
    local scores = learner:scores(nj.tensor { { 1, 3 } })
    expect(scores[{ 1, 1 }]):to_be_close(2 * 1 - 1)
    expect(scores[{ 1, 2 }]):to_be_close(2 * 36 - 162)
  end)

  it("gives the nearest word the highest score", function()
    local scores = learner:scores(nj.tensor { { 1, 1 }, { 8, 8 } })
    expect(scores:slice(2, 1, 2):argmax(2)):to_equal { 1, 2 }
  end)

  it("learns a new word and leaves the others as they were", function()
    local x = nj.tensor { { 0, 5 } }
    local before = learner:scores(x)[{ 1, { 1, 2 } }]
    learner:learn(testing.samples { features = nj.tensor { { 0, 4 }, { 0, 6 } }, labels = { 3, 3 } })
    local after = learner:scores(x)
    expect(after:argmax(2)):to_equal { 3 }
    expect(after[{ 1, { 1, 2 } }]):to_equal(before)
  end)
end)
