local nj = require "nightjar"
local nn = nj.nn

-- NeuroBench sums the outputs of a linear layer over time, which equals that layer applied to the sum of the spikes.
local Readout = nn.module {
  name = "Readout",
  init = function(self, width, classes)
    self.W = nn.Linear(width, classes, { bias = false })
    nj.no_grad(function() self.W.weight:mul_(0.1) end)   -- the input is a sum over time
  end,
  forward = function(self, counts) return self.W(counts) end,
}

local Spiking = nn.module {
  name = "Spiking",
  init = function(self, inputs, classes, options)
    local layers = {}
    for i = 1, options.layers do
      layers[i] = nn.RadLIF(i == 1 and inputs or options.width, options.width, { start = options.start })
      nj.no_grad(function() layers[i].norm.weight:mul_(options.gain) end)
    end
    self.snn = nn.Sequential { layers, Readout(options.width, classes) }
    self.drop = nn.Dropout(options.dropout)
    self.count = options.layers
  end,
  features = function(self, x)                   -- (batch, time, channel) → spike counts (batch, width)
    for i = 1, self.count do x = self.drop(self.snn[i](x)) end
    return x:sum(2)
  end,
  readout = function(self, counts) return self.snn[self.count + 1](counts) end,
  forward = function(self, x) return self:readout(self:features(x)) end,
}

return nj.model {
  name = "radlif",
  summary = "Recurrent adaptive spiking network, NeuroBench's SNN baseline (Bittar and Garner 2022, arXiv 2201.10191)",
  api = 1,
  encoder = "s2s",
  options = {
    width = { default = 128, min = 1, help = "neurons of a layer; NeuroBench's network has 1024" },
    layers = { default = 2, min = 1, max = 8 },
    dropout = { default = 0.1, min = 0, max = 0.9 },
    gain = {
      default = 4.0, min = 0.01, max = 100,
      help = "of the first currents; at NeuroBench's 1 most neurons are silent",
    },
    start = { default = "zeros", choices = { "zeros", "uniform" }, help = "the first state; NeuroBench's is uniform" },
  },
  build = function(options, task) return Spiking(task.input.channels, task.classes, options) end,
}
