local nj = require "nightjar"
local nn = nj.nn

local Recurrent = nn.module {
  name = "Recurrent",
  init = function(self, inputs, options, classes)
    self.gru = nn.GRU(inputs, options.width)
    self.norm, self.drop = nn.LayerNorm(options.width), nn.Dropout(options.dropout)
    self.output = nn.Linear(options.width, classes)
  end,
  features = function(self, x)                   -- (batch, time, channel) → the mean over time (batch, width)
    return self.drop(self.norm(self.gru(x)):mean(2))
  end,
  readout = function(self, f) return self.output(f) end,
  forward = function(self, x) return self:readout(self:features(x)) end,
}

return nj.model {
  name = "gru",
  summary = "Gated recurrent units, their mean over time read out (Cho et al. 2014, arXiv 1406.1078)",
  api = 1,
  options = {
    width = { default = 128, min = 1, help = "units" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },
  build = function(options, task) return Recurrent(task.input.channels, options, task.classes) end,
}
