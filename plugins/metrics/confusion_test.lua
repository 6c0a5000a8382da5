local nj = require "nightjar"

describe("confusion", function()
  it("counts the pairs that are confused, and the worst of them", function()
    local metric = nj.plugin("metric", "confusion").new()
    metric:start {}
    metric:update {
      session = 1,
      outputs = nj.zeros { 5, 3 },
      labels = nj.tensor({ 1, 1, 2, 2, 3 }, { dtype = "int32" }),
      predictions = nj.tensor({ 1, 2, 1, 3, 3 }, { dtype = "int32" }),
    }
    expect(metric:value()):to_be_close { accuracy = 2 / 5, pairs = 2, worst_pair = 2 / 3 }
  end)
end)
