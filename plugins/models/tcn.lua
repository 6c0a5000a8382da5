local nj = require "nightjar"
local nn = nj.nn

-- Two dilated causal convolutions and a shortcut; the input is padded in front, so no time step sees a later one.
local Block = nn.module {
  name = "TemporalBlock",
  init = function(self, from, to, kernel, dilation, dropout)
    self.front = (kernel - 1) * dilation
    self.conv1 = nn.Conv1d(from, to, kernel, { dilation = dilation, bias = false })
    self.bn1 = nn.BatchNorm1d(to)
    self.conv2 = nn.Conv1d(to, to, kernel, { dilation = dilation, bias = false })
    self.bn2 = nn.BatchNorm1d(to)
    self.drop1, self.drop2 = nn.Dropout(dropout), nn.Dropout(dropout)
    self.shortcut = from ~= to and nn.Conv1d(from, to, 1) or nil
  end,
  forward = function(self, x)
    local y = self.drop1(self.bn1(self.conv1(x:pad(2, self.front, 0))):relu())
    y = self.drop2(self.bn2(self.conv2(y:pad(2, self.front, 0))):relu())
    return (y + (self.shortcut and self.shortcut(x) or x)):relu()
  end,
}

local LastStep = nn.module { name = "LastStep", forward = function(self, x) return x:select(2, -1) end }

return nj.model {
  name = "tcn",
  summary = "Temporal convolutional network: dilations 1, 2, 4, …, last step read out (Bai et al. 2018, arXiv 1803.01271)",
  api = 1,
  options = {
    channels = { default = 64, min = 1, help = "the study's network has 256" },
    kernel = { default = 9, min = 1 },
    layers = { default = 4, min = 1, help = "blocks; each sees twice as far as the one before" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },

  build = function(options, task)
    local layers, from = {}, task.input.channels
    for i = 1, options.layers do
      layers[i] = Block(from, options.channels, options.kernel, 1 << (i - 1), options.dropout)
      from = options.channels
    end
    layers[#layers + 1] = LastStep()
    layers[#layers + 1] = { "fc", nn.Linear(from, task.classes) }
    return nn.Sequential(layers)
  end,
}
