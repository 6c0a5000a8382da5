local nj = require "nightjar"
local nn = nj.nn

return nj.model {
  name = "gru",
  summary = "Gated recurrent units, their mean over time read out (Cho et al. 2014, arXiv 1406.1078)",
  api = 1,
  options = {
    width = { default = 128, min = 1, help = "units" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },
  build = function(options, task)
    return nn.Sequential {
      { "gru", nn.GRU(task.input.channels, options.width) },
      { "norm", nn.LayerNorm(options.width) },
      { "mean", nn.GlobalAvgPool1d() },
      { "drop", nn.Dropout(options.dropout) },
      { "output", nn.Linear(options.width, task.classes) },
    }
  end,
}
