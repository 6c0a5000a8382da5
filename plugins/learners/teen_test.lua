local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("teen", function()
  local base = testing.samples { features = nj.tensor { { 1, 0, 0 }, { 0, 1, 0 } }, labels = { 1, 2 }, classes = 3 }
  local new = testing.samples { features = nj.tensor { { 0.9, 0, 1 } }, labels = { 3 } }

  local function prototype(options)
    local learner = nj.plugin("learner", "teen").new(options)
    learner:start(base)
    learner:learn(new)
    return learner.prototypes[3]
  end

  it("takes a new word's own mean, if told so", function()
    expect(prototype { own = 1 }):to_be_close(new.features:normalize()[1])
  end)

  it("draws a new word towards the base word that is most similar", function()
    local own, drawn = prototype { own = 1 }, prototype { own = 0.5 }
    expect(drawn[1]):to_be_above(own[1])
    expect(drawn[2]):to_be_close(0, 1e-3)
  end)
end)
