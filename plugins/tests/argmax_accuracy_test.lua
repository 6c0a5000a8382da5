local nj = require "nightjar"

describe("argmax_accuracy", function()
  it("gives each sample 1 or 0", function()
    local test = nj.plugin("test", "argmax_accuracy").new()
    local batch = { features = nj.randn { 3, 4 }, labels = nj.tensor({ 1, 2, 2 }, { dtype = "int32" }) }
    local function model() return nj.tensor { { 3, 1 }, { 3, 1 }, { 0, 1 } } end
    expect(test:score(model, batch)):to_equal { true, false, true }
  end)
end)
