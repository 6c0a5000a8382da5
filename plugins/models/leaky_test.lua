local nj = require "nightjar"

describe("leaky", function()
  local function build(options)
    nj.seed(1)
    return nj.plugin("model", "leaky").build(options, { input = { time = 30, channels = 4 }, classes = 3 })
  end

  it("counts the spikes of each class", function()
    local counts = build({ width = 8 })(nj.randn { 5, 30, 4 } * 20)
    expect(counts):to_have_shape(5, 3)
    expect(counts:detach()):to_equal(counts:detach():floor())
    expect(counts:max():item()):to_be_below(30.5)
  end)

  it("has the layers of NeuroBench's file by their numbers", function()
    local state = build({}):state()
    expect(state["1.weight"]):to_have_shape(256, 4)
    expect(state["7.weight"]):to_have_shape(3, 256)
  end)
end)
