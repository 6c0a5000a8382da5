-- M5, an example of how a model reads. Layers have the names of NeuroBench's code, so that its state files load.
local nj = require "nightjar"
local nn = nj.nn

return nj.model {
  name = "m5",
  summary = "Four conv-norm-pool blocks and a linear readout "
    .. "(Dai et al. 2016, arXiv 1610.00087; NeuroBench's keyword network)",
  api = 1,
  options = {
    channels = { default = 256, min = 1, help = "channels of the first two blocks; the last two have twice as many" },
    kernel = { default = 4, min = 1, help = "of the first block" },
    stride = { default = 2, min = 1, help = "of the first block" },
    pool = { default = 2, min = 1, help = "of every block" },
    dropout = { default = 0.2, min = 0, max = 0.9 },
  },

  build = function(options, task)                -- task.input.time, task.input.channels, task.classes
    local c = options.channels
    local function block(i, from, to, kernel, stride)
      return {
        { "conv" .. i, nn.Conv1d(from, to, kernel, { stride = stride }) },
        { "bn" .. i, nn.BatchNorm1d(to) },
        { "act" .. i, nn.ReLU() },
        { "drop" .. i, nn.Dropout(options.dropout) },
        { "pool" .. i, nn.MaxPool1d(options.pool) },
      }
    end
    return nn.Sequential {
      block(1, task.input.channels, c, options.kernel, options.stride),
      block(2, c, c, 3),
      block(3, c, 2 * c, 3),
      block(4, 2 * c, 2 * c, 3),
      nn.GlobalAvgPool1d(),
      { "output", nn.Linear(2 * c, task.classes) },
    }
  end,
}
