-- The layers have the structure and the names of tcn_lib, so that its state files load.
local nj = require "nightjar"
local nn = nj.nn

-- Cuts off the end of the padding, after the norm, whose statistics include it.
local Chomp = nn.module {
  name = "Chomp",
  init = function(self, tail) self.tail = tail end,
  forward = function(self, x) return x:slice(2, 1, x:size(2) - self.tail) end,
}

local function layer(from, to, kernel, dilation, dropout, ...)
  local tail = (kernel - 1) * dilation
  return nn.Sequential {
    nn.Conv1d(from, to, kernel, { padding = tail, dilation = dilation, bias = false }),
    nn.BatchNorm1d(to), Chomp(tail), nn.Dropout(dropout), ...
  }
end

-- Two dilated causal convolutions and a shortcut.
local Block = nn.module {
  name = "TemporalBlock",
  init = function(self, from, to, kernel, dilation, dropout)
    self.temp_layer1 = layer(from, to, kernel, dilation, dropout, nn.ReLU())
    self.temp_layer2 = layer(to, to, kernel, dilation, dropout)
    self.downsample = from ~= to and layer(from, to, 1, 1, dropout) or nil
    self.relu = nn.ReLU()
  end,
  forward = function(self, x)
    return self.relu(self.temp_layer2(self.temp_layer1(x)) + (self.downsample and self.downsample(x) or x))
  end,
}

return nj.model {
  name = "tcn",
  summary = "Temporal convolutional network with a readout of its last step (Bai et al. 2018, arXiv 1803.01271)",
  api = 1,
  options = {
    channels = { default = 32, min = 1, max = 4096, help = "of every block; the study's network has 256" },
    kernel = { default = 9, min = 1, max = 1000 },
    layers = { default = 4, min = 1, max = 12, help = "blocks; each has twice the dilation of the one before" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },

  build = function(options, task)
    for name, reach in pairs { kernel = options.kernel, layers = 1 << (options.layers - 1) } do
      if reach > task.input.time then
        local what = "%s: it covers %d steps, the input has %d; make it smaller"
        error(what:format(name, reach, task.input.time), 0)
      end
    end
    local c, blocks = options.channels, {}
    for i = 1, options.layers do
      blocks[i] = Block(i == 1 and task.input.channels or c, c, options.kernel, 1 << (i - 1), options.dropout)
    end
    local field = 1 + 2 * (options.kernel - 1) * ((1 << options.layers) - 1)
    local LastStep = nn.module {
      name = ("LastStep, receptive field %d steps"):format(field),
      forward = function(_, x) return x:select(2, -1) end,
    }
    local embedder = nn.Sequential { nn.Sequential(blocks), LastStep() }
    return nn.Sequential { { "embedder", embedder }, { "fc", nn.Linear(c, task.classes) } }
  end,
}
