local nj = require "nightjar"

describe("ds_cnn", function()
  local task = { input = { time = 100, channels = 5 }, classes = 3 }

  it("convolves each channel alone: a depthwise kernel has one filter a channel", function()
    local model = nj.plugin("model", "ds_cnn").build({ channels = 8, layers = 1, kernel = 9 }, task)
    local shapes = {}
    for _, parameter in ipairs(model:parameters()) do
      if parameter:dim() == 3 then table.insert(shapes, parameter.shape) end
    end
    expect(shapes):to_equal { { 8, 5, 10 }, { 8, 1, 9 }, { 8, 8, 1 } }
  end)

  it("refuses a kernel that is longer than the input", function()
    expect(function() nj.plugin("model", "ds_cnn").build({ kernel = 99 }, task) end):to_raise("covers more than")
  end)
end)
