local nj = require "nightjar"

describe("small_conv", function()
  local task = { input = { time = 200, channels = 20 }, classes = 7 }

  it("gives every clip one score a class", function()
    local model = nj.plugin("model", "small_conv").build({ channels = 4 }, task)
    expect(model(nj.randn { 3, 200, 20 })):to_have_shape(3, 7)
  end)

  it("has an embedding of four times its channels", function()
    local model = nj.plugin("model", "small_conv").build({ channels = 4 }, task)
    expect(model:features(nj.randn { 3, 200, 20 })):to_have_shape(3, 16)
  end)

  it("learns: a gradient reaches every parameter", function()
    local model = nj.plugin("model", "small_conv").build({ channels = 4 }, task)
    model:train()
    model(nj.randn { 3, 200, 20 }):square():sum():backward()
    for _, parameter in pairs(model:named_parameters()) do expect(parameter.grad):to_be_finite() end
  end)
end)
