local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("ridge", function()
  it("has the solution of all samples at once, session after session", function()
    local x, more = nj.randn { 12, 4 }, nj.randn { 6, 4 }
    local labels, others = { 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2 }, { 3, 3, 3, 4, 4, 4 }
    local learner = nj.plugin("learner", "ridge").new { lambda = 0.1, balanced = false }
    learner:start(testing.samples { features = x, labels = labels, classes = 4 })
    learner:learn(testing.samples { features = more, labels = others })

    local all = nj.cat { x, more }
    local targets = nj.cat {
      nj.one_hot(nj.tensor(labels, { dtype = "int32" }), 4), nj.one_hot(nj.tensor(others, { dtype = "int32" }), 4),
    }
    local lambda = x:square():sum() / 4 * 0.1
    local weight = (all:t():matmul(all) + nj.eye(4) * lambda):solve(all:t():matmul(targets))
    expect(learner.weight):to_be_close(weight, 1e-4)
  end)
end)
