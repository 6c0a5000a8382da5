local nj = require "nightjar"
local nn = nj.nn

return nj.model {
  name = "gru",
  summary = "A convolution, gated recurrent units and a readout of their mean (Arik et al. 2017, arXiv 1703.05390)",
  api = 1,
  options = {
    front = { default = 64, min = 1, help = "channels of the convolution, which halves the time" },
    width = { default = 128, min = 1, help = "units" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },
  build = function(options, task)
    return nn.Sequential {
      { "conv", nn.Conv1d(task.input.channels, options.front, 5, { stride = 2, padding = 2, bias = false }) },
      { "bn1", nn.BatchNorm1d(options.front) },
      { "act1", nn.ReLU() },
      { "gru", nn.GRU(options.front, options.width) },
      { "bn2", nn.BatchNorm1d(options.width) },
      { "act2", nn.ReLU() },
      { "mean", nn.GlobalAvgPool1d() },
      { "drop", nn.Dropout(options.dropout) },
      { "output", nn.Linear(options.width, task.classes) },
    }
  end,
}
