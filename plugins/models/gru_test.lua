local nj = require "nightjar"

describe("gru", function()
  local task = { input = { time = 50, channels = 6 }, classes = 4 }

  it("reads the whole clip: its end changes the scores", function()
    local model = nj.plugin("model", "gru").build({ front = 4, width = 5 }, task):eval()
    local x = nj.randn { 1, 50, 6 }
    local changed = x:clone()
    changed[{ {}, 50 }] = 3
    expect(model(x)):to_have_shape(1, 4)
    expect(model(changed)).never:to_be_close(model(x))
  end)
end)
