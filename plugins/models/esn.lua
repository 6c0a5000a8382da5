-- A fixed random reservoir and a linear readout of its state, its input and a constant. Weights have the names of
-- NeuroBench's EchoStateNetwork, whose files load as they are.
local nj = require "nightjar"
local hyperparameters = require "forecasting.hyperparameters"
local nn = nj.nn

-- The largest modulus of an eigenvalue, ‖Wᵏ‖^(1/k) for k = 4096 (Gelfand 1941).
local function spectral_radius(weight)
  local exponent, logarithm = 4096, 0.0
  local power = weight
  local k = 1
  while k <= exponent do
    local norm = power:norm():item()
    if norm == 0 then return 0 end
    logarithm = logarithm + math.log(norm) / k
    power = power / norm
    power = power:matmul(power)
    k = k * 2
  end
  return math.exp(logarithm)
end

-- One step from x (batch, channels) and the state (batch, size): the new state, and what the readout sees.
local function step(self, x, state)
  local input = nj.cat({ nj.ones { #x, 1 }, x }, 2)
  local change = (self.W(state) + self.Win(input)):tanh()
  local leak = self.options.leakage
  state = state * (1 - leak) + change * leak
  return state, nj.cat({ input, state }, 2)
end

local Reservoir = nn.module {
  name = "EchoStateNetwork",
  init = function(self, options, channels, outputs)
    local size = options.size
    self.options = options
    self.Win = nn.Linear(channels + 1, size, { bias = false })
    self.W = nn.Linear(size, size, { bias = false })
    self.Wout = nn.Linear(size + channels + 1, outputs, { bias = false })
    local scales = nj.full({ channels + 1 }, options.input_scale)
    scales[1] = options.bias_scale
    local weight = nj.randn { size, size } * nj.rand { size, size }:lt(options.connections):to("float32")
    nj.no_grad(function()
      self.Win.weight:copy_((nj.rand { size, channels + 1 } - 0.5) * scales)
      self.W.weight:copy_(weight * (options.radius / math.max(spectral_radius(weight), 1e-12)))
    end)
  end,
  forward = function(self, x)                    -- (batch, time, channel) → the readout after the last step
    local state, seen = nj.zeros { #x, self.options.size }, nil
    for time = 1, x:size(2) do state, seen = step(self, x[{ {}, time }], state) end
    return self.Wout(seen)
  end,
}

return nj.model {
  name = "esn",
  summary = "Echo state network: a fixed random reservoir, a readout by ridge regression (Jaeger 2001; NeuroBench's)",
  api = 1,
  options = {
    size = { type = "integer", min = 1, help = "of the reservoir; this and all others by NeuroBench's search for tau" },
    bias_scale = { type = "number", min = 0 },
    input_scale = { type = "number", min = 0 },
    connections = { type = "number", min = 0, max = 1, help = "the fraction of the reservoir's weights that is not 0" },
    radius = { type = "number", min = 0, help = "the spectral radius" },
    leakage = { type = "number", min = 0, max = 1 },
    penalty = { type = "number", min = 0, help = "of the ridge regression" },
    tau = { type = "integer", min = 17, max = 30, help = "the series that the others are for; else the task's, or 17" },
  },

  build = function(options, task)
    local own = hyperparameters(options.tau or 17)
    for name in pairs(own) do own[name] = options[name] or own[name] end
    local net = Reservoir(own, task.input.channels, task.classes)
    net.start = function() return nj.zeros { 1, own.size } end
    net.step = function(x, state)
      local seen
      state, seen = step(net, x, state)
      return net.Wout(seen), state
    end
    -- Sets the readout by ridge regression: inputs and targets are (time, channel); the first steps only warm up.
    net.fit = function(inputs, targets, warm_up)
      nj.no_grad(function()
        local state, seen = net.start(), {}
        for time = 1, #inputs do
          local row
          state, row = step(net, inputs[{ { time, time } }], state)
          if time > warm_up then table.insert(seen, row) end
        end
        net.Wout.weight:copy_(nj.cat(seen, 1):ridge(targets[{ { warm_up + 1, -1 } }], own.penalty):t())
      end)
    end
    return net
  end,
}
