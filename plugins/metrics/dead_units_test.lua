local nj = require "nightjar"

describe("dead_units", function()
  local metric

  before_each(function()
    metric = nj.plugin("metric", "dead_units").new()
    metric:start {}
  end)

  it("is the fraction of a layer's units that were never active", function()
    local layer = { name = "act1", type = "ReLU" }
    metric:on_layer(layer, nil, nj.tensor { { 0, 0, 1, 0 } })
    metric:on_layer(layer, nil, nj.tensor { { 0, 2, 0, 0 } })
    expect(metric:value()):to_equal { act1 = 0.5 }
  end)

  it("says so when no layer can be dead", function()
    metric:on_layer({ name = "fc", type = "Linear" }, nil, nj.zeros { 1, 4 })
    expect(function() metric:value() end):to_raise("nothing to measure")
  end)
end)
