local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("finetune", function()
  local base = testing.samples {
    features = nj.tensor { { 4, 0, 0 }, { 5, 1, 0 }, { 0, 4, 0 }, { 0, 5, 1 } },
    labels = { 1, 1, 2, 2 },
    classes = 3,
  }
  local new = testing.samples { features = nj.tensor { { 0, 0, 4 }, { 1, 0, 5 } }, labels = { 3, 3 } }

  it("starts with the scores of the trained readout", function()
    local learner = nj.plugin("learner", "finetune").new()
    learner:start(base)
    local x = nj.randn { 4, 3 }
    expect(learner:scores(x)):to_be_close(base.model:readout(x), 1e-4)
  end)

  it("learns the new word", function()
    local learner = nj.plugin("learner", "finetune").new()
    learner:start(base)
    learner:learn(new)
    expect(learner:scores(new.features):argmax(2)):to_equal { 3, 3 }
  end)

  it("changes the weights of new words alone, if told so", function()
    local learner = nj.plugin("learner", "finetune").new { rows = "new", steps = 5 }
    learner:start(base)
    local before = learner.weight:slice(2, 1, 2):clone()
    learner:learn(new)
    expect(learner.weight:slice(2, 1, 2)):to_be_close(before)
  end)
end)
