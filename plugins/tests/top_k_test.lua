local nj = require "nightjar"

describe("top_k", function()
  local batch = { features = nj.randn { 2, 4 }, labels = nj.tensor({ 2, 3 }, { dtype = "int32" }) }
  local function model() return nj.tensor { { 3, 2, 1 }, { 3, 2, 1 } } end

  it("counts a word among the k best", function()
    expect(nj.plugin("test", "top_k").new({ k = 2 }):score(model, batch)):to_equal { true, false }
  end)

  it("takes a k beyond the number of words", function()
    expect(nj.plugin("test", "top_k").new({ k = 9 }):score(model, batch)):to_equal { true, true }
  end)
end)
