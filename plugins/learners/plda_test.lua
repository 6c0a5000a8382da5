local nj = require "nightjar"
local testing = require "nightjar.testing"

-- Three words around (0, 0), (4, 0) and (0, 8), whose samples vary alike.
local means = nj.tensor { { 0, 0 }, { 4, 0 }, { 0, 8 } }
local around = nj.tensor { { -1, 0 }, { 1, 0 }, { 0, 2 }, { 0, -2 } }
local features = nj.cat { around + means[1], around + means[2], around + means[3] }
local labels = { 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3 }

local function learner(options)
  local taught = nj.plugin("learner", "plda").new(options)
  taught:start(testing.samples { features = features, labels = labels, classes = 4 })
  return taught
end

-- The log density at x of a word of `count` samples of this mean, up to a constant, by the formulas of the model as
-- they are: without a change of axes.
local function density(x, mean, count)
  local within, between = nj.tensor { { 0.5, 0 }, { 0, 2 } }, means:cov()
  local centre = means:mean(1)
  local posterior = (between:inverse() + within:inverse() * count):inverse()
  local expected = centre + (mean - centre):unsqueeze(1):matmul(within:inverse() * count):matmul(posterior)[1]
  local covariance, d = within + posterior, (x - expected):unsqueeze(1)
  local determinant = covariance[{ 1, 1 }] * covariance[{ 2, 2 }] - covariance[{ 1, 2 }] ^ 2
  return -(d:matmul(covariance:inverse()):matmul(d:t()):item() + math.log(determinant)) / 2
end

describe("plda", function()
  it("scores by the density that the posterior of a word's mean predicts", function()
    local taught = learner { power = 1, within = 1e-6, between = 1e-6 }
    taught:learn(testing.samples { features = nj.tensor { { 5, 5 }, { 7, 5 } }, labels = { 4, 4 } })
    local x = nj.tensor { { 6, 4 }, { 1, 1 } }
    local scores = taught:scores(x)
    local reference = density(x[1], means[1], 4)
    for i = 1, 2 do
      expect(scores[{ i, 4 }] - scores[{ 1, 1 }]):to_be_close(density(x[i], nj.tensor { 6, 5 }, 2) - reference, 1e-3)
      expect(scores[{ i, 2 }] - scores[{ 1, 1 }]):to_be_close(density(x[i], means[2], 4) - reference, 1e-3)
    end
  end)

  it("expects more of a word of one sample than near it", function()
    local once, often = learner(), learner()
    once:learn(testing.samples { features = nj.tensor { { 8, 8 } }, labels = { 4 } })
    often:learn(testing.samples { features = nj.full({ 50, 2 }, 8), labels = nj.full({ 50 }, 4):to "int32" })
    local near, far = nj.tensor { { 8, 8 } }, nj.tensor { { 8, 13 } }
    local function drop(taught) return (taught:scores(near) - taught:scores(far))[{ 1, 4 }] end
    expect(drop(once)):to_be_below(drop(often))
  end)

  it("learns beside a single base word, whose mean varies from nothing", function()
    local taught = nj.plugin("learner", "plda").new()
    taught:start(testing.samples { features = around, labels = { 1, 1, 1, 1 }, classes = 2 })
    taught:learn(testing.samples { features = nj.tensor { { 9, 9 } }, labels = { 2 } })
    expect(taught:scores(nj.tensor { { 0, 0 }, { 8, 8 } }):argmax(2)):to_equal { 1, 2 }
  end)
end)
