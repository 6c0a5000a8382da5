local nj = require "nightjar"

describe("resnet1d", function()
  local task = { input = { time = 60, channels = 5 }, classes = 4 }

  it("has the paper's 48 channels, times its width, as embedding", function()
    local model = nj.plugin("model", "resnet1d").build({ width = 0.5 }, task)
    expect(model:features(nj.randn { 2, 60, 5 })):to_have_shape(2, 24)
  end)

  it("refuses an even kernel, which would shift the shortcut", function()
    expect(function() nj.plugin("model", "resnet1d").build({ kernel = 8 }, task) end):to_raise("is not odd")
  end)
end)
