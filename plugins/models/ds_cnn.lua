local nj = require "nightjar"
local nn = nj.nn

local function convolution(from, to, kernel, options)
  options.bias = false
  return { nn.Conv1d(from, to, kernel, options), nn.BatchNorm1d(to), nn.ReLU() }
end

return nj.model {
  name = "ds_cnn",
  summary = "Depthwise separable convolutions, over time (Zhang et al. 2017, Hello Edge, arXiv 1711.07128)",
  api = 1,
  options = {
    channels = { default = 128, min = 1, max = 4096, help = "the paper's networks have 64, 172 and 276" },
    layers = { default = 4, min = 1, max = 20, help = "pairs of depthwise and pointwise convolution" },
    kernel = { default = 9, min = 1, max = 1000, help = "of the depthwise convolutions" },
    stride = { default = 2, min = 1, max = 100, help = "of the first convolution, whose kernel is 10" },
  },

  build = function(options, task)
    local c, kernel = options.channels, options.kernel
    if kernel * options.stride + 10 > task.input.time then
      local what = "kernel %d after stride %d covers more than the input's %d steps; make one smaller"
      error(what:format(kernel, options.stride, task.input.time), 0)
    end
    local layers = { convolution(task.input.channels, c, 10, { stride = options.stride }) }
    for _ = 1, options.layers do
      table.insert(layers, convolution(c, c, kernel, { padding = kernel // 2, groups = c }))   -- each channel alone
      table.insert(layers, convolution(c, c, 1, {}))                                           -- each time step alone
    end
    return nn.Sequential { layers, nn.GlobalAvgPool1d(), nn.Linear(c, task.classes) }
  end,
}
