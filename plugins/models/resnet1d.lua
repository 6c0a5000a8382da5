local nj = require "nightjar"
local nn = nj.nn

-- Two convolutions beside a shortcut, which is a convolution of its own where the size changes.
local function block(from, to, kernel, stride)
  local function convolution(inputs, k, s)
    return nn.Conv1d(inputs, to, k, { stride = s, padding = k // 2, bias = false })
  end
  local body = nn.Sequential {
    convolution(from, kernel, stride), nn.BatchNorm1d(to), nn.ReLU(),
    convolution(to, kernel, 1), nn.BatchNorm1d(to),
  }
  if stride == 1 and from == to then return nn.Residual(body) end
  return nn.Residual(body, nn.Sequential { convolution(from, 1, stride), nn.BatchNorm1d(to), nn.ReLU() })
end

-- The mean and the standard deviation over time of what every stage computes, side by side, as speaker embeddings are
-- pooled (Snyder et al. 2018): (batch, time, channel) → (batch, embedding).
local Levels = nn.module {
  name = "Levels",
  init = function(self, stem, stages)
    self.stem, self.count = stem, #stages
    for i, stage in ipairs(stages) do self["stage" .. i] = nn.Sequential(stage) end
  end,
  forward = function(self, x)
    local pooled = {}
    x = self.stem(x)
    for i = 1, self.count do
      x = self["stage" .. i](x)
      table.insert(pooled, x:mean(2))
      table.insert(pooled, (x:var(2, false, 0) + 1e-5):sqrt())
    end
    return nj.cat(pooled, 2)
  end,
}

return nj.model {
  name = "resnet1d",
  summary = "Residual network with coefficients as channels: TC-ResNet8 (Choi et al. 2019, arXiv 1904.03814)",
  api = 1,
  options = {
    width = { default = 2.0, min = 0.1, max = 64, help = "factor of the paper's 16, 24, 32 and 48 channels" },
    blocks = { default = 1, min = 1, max = 16, help = "of each width: 1 is TC-ResNet8, 2 TC-ResNet14" },
    pooling = {
      default = "last", choices = { "last", "levels" },
      help = "levels: the embedding is the mean and deviation of all three widths, not the mean of the last alone",
    },
    kernel = { default = 9, min = 1, max = 999, help = "an odd number" },
    dropout = { default = 0.1, min = 0, max = 0.9, help = "before the readout" },
  },

  build = function(options, task)
    local function channels(paper) return math.max(1, math.floor(paper * options.width)) end
    if options.kernel % 2 == 0 or options.kernel > task.input.time then
      local what = "kernel: %d is not odd, or longer than the input's %d steps"
      error(what:format(options.kernel, task.input.time), 0)
    end
    local stages, from, embedding = {}, channels(16), 0
    local stem = nn.Conv1d(task.input.channels, from, 3, { padding = 1, bias = false })
    for stage, paper in ipairs { 24, 32, 48 } do
      stages[stage] = {}
      for i = 1, options.blocks do
        table.insert(stages[stage], { block(from, channels(paper), options.kernel, i == 1 and 2 or 1), nn.ReLU() })
        from = channels(paper)
      end
      embedding = embedding + 2 * from
    end
    local dropout = nn.Dropout(options.dropout)
    if options.pooling == "levels" then
      return nn.Sequential { Levels(stem, stages), dropout, nn.Linear(embedding, task.classes) }
    end
    local readout = nn.Linear(from, task.classes)
    return nn.Sequential { stem, stages, nn.GlobalAvgPool1d(), dropout, readout }
  end,
}
