local nj = require "nightjar"

describe("esn", function()
  local task = { input = { time = 5, channels = 2 }, classes = 3 }

  local function build(options)
    nj.seed(1)
    return nj.plugin("model", "esn").build(options or { size = 60, connections = 0.5, penalty = 1e-8 }, task)
  end

  it("has the size that NeuroBench's search found for a series", function()
    expect(build({ tau = 22 }).W.weight):to_have_shape(661, 661)
  end)

  it("scales the reservoir to its spectral radius", function()
    local net = build { size = 40, radius = 1, connections = 1 }
    local power = net.W.weight:detach()
    for _ = 1, 10 do power = power:matmul(power) end                    -- the 1024th power
    expect(power:norm():item() ^ (1 / 1024)):to_be_above(0.99)
    expect(power:norm():item() ^ (1 / 1024)):to_be_below(1.01)
  end)

  it("steps through a sequence as its forward pass does", function()
    local net = build():eval()
    local x = nj.randn { 1, 5, 2 }
    local state, output = net.start(), nil
    for time = 1, 5 do output, state = net.step(x[{ {}, time }], state) end
    expect(output):to_be_close(net(x))
  end)

  it("fits its readout to a series: a sine is continued", function()
    nj.seed(1)
    local net = nj.plugin("model", "esn").build(
      { size = 60, connections = 0.5, penalty = 1e-8 }, { input = { time = 1, channels = 1 }, classes = 1 })
    local series = (nj.arange(1, 401) * 0.3):sin():unsqueeze(2)
    net.fit(series[{ { 1, 300 } }], series[{ { 2, 301 } }], 50)
    local state, value = net.start(), nil
    for time = 1, 300 do value, state = net.step(series[{ { time, time } }], state) end
    for time = 302, 320 do
      value, state = net.step(value, state)
      expect(value:detach():flatten()):to_be_close(series[time], 0.05)
    end
  end)
end)
