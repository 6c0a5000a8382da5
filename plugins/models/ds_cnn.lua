local nj = require "nightjar"
local nn = nj.nn

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
    local c, layers = options.channels, {}
    local function convolution(from, kernel, more)
      more.bias = false
      for _, layer in ipairs { nn.Conv1d(from, c, kernel, more), nn.BatchNorm1d(c), nn.ReLU() } do
        layers[#layers + 1] = layer
      end
    end
    if options.kernel * options.stride + 10 > task.input.time then
      local what = "kernel %d after stride %d reaches over more than the input's %d steps; make one smaller"
      error(what:format(options.kernel, options.stride, task.input.time), 0)
    end
    convolution(task.input.channels, 10, { stride = options.stride })
    for _ = 1, options.layers do
      convolution(c, options.kernel, { padding = options.kernel // 2, groups = c }) -- each channel by itself
      convolution(c, 1, {})                                                         -- each step by itself
    end
    layers[#layers + 1] = nn.GlobalAvgPool1d()
    layers[#layers + 1] = nn.Linear(c, task.classes)
    return nn.Sequential(layers)
  end,
}
