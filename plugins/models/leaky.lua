-- NeuroBench's spiking network for Speech Commands: layers have the numbers of its file, examples/gsc/SNN.py.
local nj = require "nightjar"
local nn = nj.nn

-- The spikes of a layer: (batch, time, channel) → (batch, time, neuron).
local function spikes(net, x, last)
  for number = 1, last do x = net[tostring(number)](x) end
  return x
end

local Spiking = nn.module {
  name = "Spiking",
  init = function(self, inputs, classes, options)
    self.count = options.layers
    for layer = 1, options.layers + 1 do
      local from = layer == 1 and inputs or options.width
      local to = layer > options.layers and classes or options.width
      self[tostring(2 * layer - 1)] = nn.Linear(from, to)
      self[tostring(2 * layer)] = nn.Leaky { beta = options.beta, surrogate = "fast_sigmoid" }
    end
  end,
  features = function(self, x) return spikes(self, x, 2 * self.count):mean(2) end,     -- rates: (batch, width)
  readout = function(self, rates) return self[tostring(2 * self.count + 1)](rates) end,
  forward = function(self, x) return spikes(self, x, 2 * self.count + 2):sum(2) end,
}

return nj.model {
  name = "leaky",
  summary = "Leaky integrate-and-fire neurons; what fires most wins (Eshraghian et al. 2021, arXiv 2109.12894)",
  api = 1,
  encoder = "s2s",
  options = {
    width = { default = 256, min = 1, help = "neurons of a layer" },
    layers = { default = 3, min = 1, max = 8, help = "before the layer of the classes" },
    beta = { default = 0.9, min = 0, max = 1, help = "what is left of a membrane after a time step" },
  },
  build = function(options, task) return Spiking(task.input.channels, task.classes, options) end,
}
