local nj = require "nightjar"
local nn = nj.nn

return nj.model {
  name = "small_conv",
  summary = "Three convolutions with batch norm: a quarter of M5's parameters, to try ideas on",
  api = 1,
  options = {
    channels = { default = 96, min = 1, help = "channels of the first block; each block has twice as many" },
    kernel = { default = 5, min = 1 },
  },

  build = function(options, task)                -- task.input.time, task.input.channels, task.classes
    local layers, from, to = {}, task.input.channels, options.channels
    for i = 1, 3 do
      layers[#layers + 1] = nn.Conv1d(from, to, i == 3 and 3 or options.kernel, { stride = i == 1 and 2 or 1 })
      layers[#layers + 1] = nn.BatchNorm1d(to)
      layers[#layers + 1] = nn.ReLU()
      layers[#layers + 1] = nn.MaxPool1d(2)
      from, to = to, 2 * to
    end
    layers[#layers + 1] = nn.GlobalAvgPool1d()
    layers[#layers + 1] = { "readout", nn.Linear(from, task.classes) }
    return nn.Sequential(layers)
  end,
}
