local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("cl2n", function()
  -- The scores of x by a learner whose base, and x, are moved by a vector.
  local function scores(x, moved)
    local learner = nj.plugin("learner", "cl2n").new()
    local features = nj.tensor { { 1, 0 }, { 3, 1 }, { 0, 4 }, { 1, 6 } }
    learner:start(testing.samples { features = features + moved, labels = { 1, 1, 2, 2 } })
    return learner:scores(x + moved)
  end

  it("does not depend on where the embeddings are, since it centres them", function()
    local x = nj.randn { 5, 2 }
    expect(scores(x, nj.tensor { 10, -20 })):to_be_close(scores(x, nj.zeros { 2 }), 1e-3)
  end)
end)
