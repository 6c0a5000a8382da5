local nj = require "nightjar"
local testing = require "nightjar.testing"

-- Two words that differ in the second number, beside a first one that varies more.
local features = nj.tensor { { 1, 2 }, { 9, 2.2 }, { 5, 2.1 }, { 1, 4 }, { 9, 4.4 }, { 5, 4.2 } }

describe("fecam", function()
  local function learner(options)
    local taught = nj.plugin("learner", "fecam").new(options)
    taught:start(testing.samples { features = features, labels = { 1, 1, 1, 2, 2, 2 }, classes = 3 })
    return taught
  end

  it("has its highest score, 0, at a word's mean", function()
    local one = nj.plugin("learner", "fecam").new { power = 1 }
    one:start(testing.samples { features = nj.tensor { { 3, 4 }, { 3, 4 }, { 4, 3 } }, labels = { 1, 1, 2 } })
    local own = one:scores(nj.tensor { { 3, 4 } })
    local x, mean = nj.tensor { 0.6, 0.8 }, nj.tensor { 0.8, 0.6 }
    local norm = x:unsqueeze(1):matmul(one.shared):matmul(x:unsqueeze(2)):item()
    local d = (x - mean):unsqueeze(1)
    local distance = d:matmul(one.shared):matmul(d:t()):item()
    expect(own[{ 1, 1 }] - norm):to_be_close(0, 1e-3)
    expect(own[{ 1, 2 }] - norm):to_be_close(-distance, 1e-3)
  end)

  it("learns a word from one sample, which has no covariance", function()
    for _, covariance in ipairs { "shared", "class" } do
      local taught = learner { covariance = covariance }
      taught:learn(testing.samples { features = nj.tensor { { 0.1, 9 } }, labels = { 3 } })
      local scores = taught:scores(nj.tensor { { 0.1, 8 } })
      expect(scores):to_be_finite()
      expect(scores:argmax(2)):to_equal { 3 }
    end
  end)
end)
