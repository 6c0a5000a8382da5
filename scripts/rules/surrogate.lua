-- A custom gradient for spikes: a layer of leaky integrate-and-fire units learns only where a surrogate replaces the
-- derivative of the step (Neftci et al. 2019, arXiv 1901.09948). nightjar run scripts/rules/surrogate.lua
local nj = require "nightjar"
local digits = require "data.digits"
local options = nj.run.options { epochs = { default = 16 }, hidden = { default = 64 }, steps = { default = 10 } }
local train, test = digits(1, 60, 50), digits(2, 1, 2000)[1]

-- A step in the forward pass; the gradient is that of slope(distance to the threshold).
local function spike(slope)
  return nj.func {
    forward = function(ctx, u)
      ctx:save(u)
      return u:gt(0):to "float32"
    end,
    backward = function(ctx, upstream) return upstream * slope(ctx:saved()) end,
  }
end

local slopes = {
  { "fast sigmoid", function(u) return (u:abs() * 10 + 1) ^ -2 end },     -- Zenke and Ganguli 2018, arXiv 1705.11146
  { "boxcar", function(u) return u:abs():le(0.5):to "float32" end },      -- Kaiser et al. 2020
  { "none", function(u) return u * 0 end },                               -- the step's own derivative
}

-- The mean membrane of leaky readouts over units that integrate the digit, spike and are reset; the mean rate too.
local function run(net, x)
  local current = x:matmul(net[1])
  local u, s, v, sum, spikes = 0, 0, 0, 0, 0
  for _ = 1, options.steps do
    u = (u - s) * 0.8 + current * 0.2
    s = net.spike(u - 1)
    v = v * 0.8 + s:matmul(net[2]) * 0.2
    sum, spikes = sum + v, spikes + s
  end
  return sum / options.steps, (spikes / options.steps):mean():item()
end

local series, reached = {}, {}
for i, entry in ipairs(slopes) do
  local name, slope = entry[1], entry[2]
  local random = nj.random(3)
  local net = { random:randn(35, options.hidden):requires_grad_(), random:randn(options.hidden, 10):requires_grad_() }
  net.spike = spike(slope)
  local optimizer, accuracies, rate = nj.optim.Adam({ net[1], net[2] }, { lr = 0.02 }), {}, 0
  for epoch = 1, options.epochs do
    for _, batch in ipairs(train) do
      local _ <close> = nj.scope()
      optimizer:zero_grad()
      nj.loss.cross_entropy(run(net, batch.features) * 10, batch.labels):backward()
      optimizer:step()
    end
    nj.no_grad(function()
      local scores
      scores, rate = run(net, test.features)
      accuracies[epoch] = scores:argmax(2):eq(test.labels):sum():item() / #test.labels
    end)
  end
  print(("%-12s %.3f on new digits, %.2f spikes a step"):format(name, accuracies[#accuracies], rate))
  series[i], reached[name] = { name = name, y = accuracies }, accuracies[#accuracies]
end

nj.run.figure("surrogate", nj.plot.lines {
  series = series, title = "Surrogate gradients", x_label = "epoch", y_label = "accuracy on new digits",
  caption = "digits of dots",
})
assert(reached["fast sigmoid"] > 0.75 and reached.boxcar > 0.75, "a surrogate does not learn")
assert(reached.none < reached.boxcar - 0.1, "without a surrogate only the readout should learn")
