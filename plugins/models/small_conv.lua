local nj = require "nightjar"
local nn = nj.nn

local function block(from, to, kernel, stride)
  return { nn.Conv1d(from, to, kernel, { stride = stride }), nn.BatchNorm1d(to), nn.ReLU(), nn.MaxPool1d(2) }
end

return nj.model {
  name = "small_conv",
  summary = "Three convolutions with batch norm: a quarter of M5's parameters, to try ideas on",
  api = 1,
  options = {
    channels = { default = 96, min = 1, help = "channels of the first block; each block has twice as many" },
    kernel = { default = 5, min = 1, help = "of the first two blocks" },
  },

  build = function(options, task)                -- task.input.time, task.input.channels, task.classes
    local c, kernel = options.channels, options.kernel
    return nn.Sequential {
      block(task.input.channels, c, kernel, 2),
      block(c, 2 * c, kernel, 1),
      block(2 * c, 4 * c, 3, 1),
      nn.GlobalAvgPool1d(),
      { "readout", nn.Linear(4 * c, task.classes) },
    }
  end,
}
