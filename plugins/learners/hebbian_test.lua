local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("hebbian", function()
  local function taught(features, options)
    local learner = nj.plugin("learner", "hebbian").new(options)
    local labels = {}
    for i = 1, #features do labels[i] = 1 end
    learner:start(testing.samples { features = features, labels = labels })
    return learner
  end

  it("takes the first sample as it is, with length 1", function()
    expect(taught(nj.tensor { { 3, 4 } }).weight):to_be_close { { 0.6, 0.8 } }
  end)

  it("keeps weights near length 1, as Oja's rule does", function()
    local learner = taught(nj.rand { 50, 8 } + 0.1, { rate = 0.5 })
    expect(learner.weight:norm()):to_be_close(1, 0.1)
  end)
end)
