local nj = require "nightjar"

describe("ssm", function()
  it("takes clips of any length, since its kernel is computed for each", function()
    local task = { input = { time = 80, channels = 5 }, classes = 4 }
    local model = nj.plugin("model", "ssm").build({ channels = 6, states = 2, layers = 1 }, task):eval()
    for _, time in ipairs { 40, 80, 120 } do expect(model(nj.randn { 2, time, 5 })):to_have_shape(2, 4) end
  end)
end)
