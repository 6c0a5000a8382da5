local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("ranpac", function()
  local base = testing.samples { features = nj.randn { 20, 6 }, labels = nj.randint(1, 2, { 20 }), classes = 4 }
  local third = testing.samples { features = nj.randn { 5, 6 } + 2, labels = { 3, 3, 3, 3, 3 } }
  local fourth = testing.samples { features = nj.randn { 5, 6 } - 2, labels = { 4, 4, 4, 4, 4 } }

  local function scores(...)
    local learner = nj.plugin("learner", "ranpac").new({ width = 50, lambda = 0.1 }, 7)
    learner:start(base)
    for _, support in ipairs { ... } do learner:learn(support) end
    return learner:scores(nj.ones { 2, 6 })
  end

  it("has the solution of all samples at once: the order of sessions does not matter", function()
    expect(scores(third, fourth)):to_be_close(scores(fourth, third), 1e-4)
  end)

  it("chooses a regularisation on a part of the base", function()
    local learner = nj.plugin("learner", "ranpac").new({ width = 50 }, 7)
    learner:start(base)
    expect(learner:scores(base.features)):to_be_finite()
  end)
end)
