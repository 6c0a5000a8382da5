local nj = require "nightjar"

describe("lstm", function()
  local function build(options, channels)
    nj.seed(1)
    return nj.plugin("model", "lstm").build(options, { input = { time = 6, channels = channels }, classes = 3 })
  end

  it("steps through a sequence as its forward pass does", function()
    for _, window in ipairs { 1, 3 } do
      local net = build({ width = 5, window = window }, 2):eval()
      local x = nj.randn { 1, 6, 2 }
      local state, output = net.start(), nil
      for time = 1, 6 do output, state = net.step(x[{ {}, time }], state) end
      expect(output):to_be_close(net(x))
    end
  end)

  it("learns the next value of a series", function()
    nj.seed(1)
    local net = nj.plugin("model", "lstm").build(
      { width = 12, window = 8, epochs = 60, lr = 0.02 }, { input = { time = 1, channels = 1 }, classes = 1 })
    local series = (nj.arange(1, 121) * 0.4):sin():unsqueeze(2)
    net:train()
    net.fit(series[{ { 1, 120 } }], series[{ { 2, 121 } }])
    net:eval()
    local state, error = net.start(), 0
    for time = 1, 119 do
      local value
      value, state = net.step(series[{ { time, time } }], state)
      if time > 20 then error = error + (value:detach() - series[{ { time + 1, time + 1 } }]):abs():item() / 99 end
    end
    expect(error):to_be_below(0.2)                                       -- the mean of |sin| is 0.64
  end)
end)
