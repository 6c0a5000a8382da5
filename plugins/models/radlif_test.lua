local nj = require "nightjar"

describe("radlif", function()
  local task = { input = { time = 30, channels = 5 }, classes = 4 }

  it("sums spikes over time: its embedding counts them", function()
    local model = nj.plugin("model", "radlif").build({ width = 8, layers = 1, gain = 20 }, task):eval()
    local counts = model:features(nj.randn { 2, 30, 5 })
    expect(counts):to_have_shape(2, 8)
    expect(counts):to_equal(counts:round())
    expect(counts:max()):to_be_above(0)
  end)

  it("has a gradient through its spikes", function()
    local model = nj.plugin("model", "radlif").build({ width = 8, layers = 2, gain = 20 }, task)
    model(nj.randn { 2, 30, 5 }):square():sum():backward()
    for _, parameter in ipairs(model:parameters()) do expect(parameter.grad):to_be_finite() end
  end)
end)
