local nj = require "nightjar"

describe("per_language", function()
  it("averages over languages, however many words each has", function()
    local batches = {
      {
        features = nj.ones { 3, 1 },
        labels = nj.tensor({ 1, 1, 1 }, { dtype = "int32" }),
        languages = { "en", "en", "en" },
      },
      { features = nj.ones { 1, 1 }, labels = nj.tensor({ 2 }, { dtype = "int32" }), languages = { "cy" } },
    }
    local function each() return table.remove(batches, 1) end
    local function model(features) return nj.tensor { { 1, 0 } }:expand(#features, -1) end
    expect(nj.plugin("test", "per_language").new():run(model, each)):to_equal { mean = 0.5, weakest = 0 }
  end)
end)
