-- A rule like e-prop (Bellec et al. 2019, arXiv 1901.09049): recurrent spiking units see a digit row by row and learn
-- as they go, by traces at the synapses and an error sent through random weights. No pass back through time.
-- nightjar run scripts/rules/eprop.lua
local nj = require "nightjar"
local digits = require "data.digits"
local options = nj.run.options {
  epochs = { default = 15 }, units = { default = 100 }, lr = { default = 0.002 },
  decay = { default = 0.9, min = 0, max = 1, help = "of membranes and traces, a step" },
}
local train, test = digits(1, 60, 50), digits(2, 1, 2000)[1]

-- Presents digits to the units; returns the scores after the last row and, with labels, the changes of the weights.
local function run(net, x, labels)
  local u, z, trace, spiked, scores = 0, nj.zeros { #x, options.units }, 0, nj.zeros { #x, options.units }, nil
  local target = labels and nj.one_hot(labels, 10)
  local changes = { 0, 0, 0 }
  for step = 0, 13 do                            -- each of the seven rows for two steps
    local row = x:slice(2, step // 2 * 5 + 1, step // 2 * 5 + 5)
    local before = spiked
    trace = trace * options.decay + row
    u = (u - z) * options.decay + row:matmul(net.input) + z:matmul(net.recurrent)
    z = u:gt(1):to "float32"
    spiked = spiked * options.decay + z
    scores = spiked:matmul(net.readout)
    if target then
      local error = (scores:softmax(2) - target) / #x
      local slope = (1 - (u - 1):abs()):clamp(0) * 0.3
      local signal = error:matmul(net.feedback) * slope        -- the error of each unit, times its sensitivity
      changes[1] = changes[1] + spiked:t():matmul(error)
      changes[2] = changes[2] + trace:t():matmul(signal)
      changes[3] = changes[3] + before:t():matmul(signal)
    end
  end
  return scores, changes
end

-- Trains the first `count` of readout, input and recurrent weights; returns the accuracies by epoch.
local function trained(count)
  local random = nj.random(3)
  local net = {
    input = random:randn(5, options.units) * 0.5, recurrent = random:randn(options.units, options.units) * 0.05,
    readout = random:randn(options.units, 10) * 0.05, feedback = random:randn(10, options.units),
  }
  local weights = { net.readout:requires_grad_(), net.input:requires_grad_(), net.recurrent:requires_grad_() }
  local optimizer, accuracies = nj.optim.Adam(weights, { lr = options.lr }), {}
  for epoch = 1, options.epochs do
    for _, batch in ipairs(train) do
      local _, changes = nj.no_grad(function() return run(net, batch.features, batch.labels) end)
      for i = 1, count do weights[i].grad = changes[i] end
      optimizer:step()
    end
    local scores = nj.no_grad(function() return run(net, test.features) end)
    accuracies[epoch] = scores:argmax(2):eq(test.labels):sum():item() / #test.labels
  end
  return accuracies
end

local all, readout = trained(3), trained(1)
print(("e-prop %.3f, readout alone %.3f on new digits"):format(all[#all], readout[#readout]))
nj.run.figure("eprop", nj.plot.lines {
  series = { { name = "all weights, by traces", y = all }, { name = "the readout alone", y = readout } },
  title = "A rule like e-prop", x_label = "epoch", y_label = "accuracy on new digits",
  caption = "digits of dots, row by row",
})
assert(all[#all] > 0.55 and all[#all] > readout[#readout] + 0.1, "e-prop does not learn")
