-- M5: how a model reads. Children carry the reference's names, so that its state files load.
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

  build = function(options, task)
    local c = options.channels
    local layers = {}
    local function block(i, from, to, kernel, stride)
      for _, child in ipairs {
        { "conv" .. i, nn.Conv1d(from, to, kernel, { stride = stride }) },
        { "bn" .. i, nn.BatchNorm1d(to) },
        { "act" .. i, nn.ReLU() },
        { "drop" .. i, nn.Dropout(options.dropout) },
        { "pool" .. i, nn.MaxPool1d(options.pool) },
      } do layers[#layers + 1] = child end
    end
    block(1, task.input.channels, c, options.kernel, options.stride)
    block(2, c, c, 3)
    block(3, c, 2 * c, 3)
    block(4, 2 * c, 2 * c, 3)
    layers[#layers + 1] = nn.GlobalAvgPool1d()
    layers[#layers + 1] = { "output", nn.Linear(2 * c, task.classes) }
    return nn.Sequential(layers)
  end,
}
