local nj = require "nightjar"

describe("m5", function()
  local function build(options)
    return nj.plugin("model", "m5").build(options, { input = { time = 200, channels = 20 }, classes = 200 })
  end

  it("has the size of NeuroBench's network", function()
    local count = 0
    for _, parameter in ipairs(build():parameters()) do count = count + parameter:numel() end
    expect(count):to_equal(1503944)
  end)

  it("has the layer names of NeuroBench's code, so that its state files load", function()
    local state = build({ channels = 4 }):state()
    expect(state["conv1.weight"]):to_have_shape(4, 20, 4)
    expect(state["output.weight"]):to_have_shape(200, 8)
  end)

  it("drops units in training only", function()
    local model, x = build { channels = 4 }, nj.randn { 2, 200, 20 }
    model:eval()
    expect(model(x)):to_equal(model(x))
    model:train()
    expect(model(x)).never:to_equal(model(x))
  end)
end)
