local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("cosine", function()
  it("leaves a readout that ranks by cosine: weights of length 1, and no bias", function()
    local recipe = nj.plugin("recipe", "cosine").new { epochs = 2 }
    local model = recipe:train(testing.network(), testing.data(), { log = function() end, report = function() end })
    local parameters = model:parameters()
    expect(parameters[#parameters - 1]:detach():norm(2)):to_be_close { 1, 1, 1, 1, 1, 1, 1 }
    expect(parameters[#parameters]:detach()):to_equal { 0, 0, 0, 0, 0, 0, 0 }
  end)
end)
