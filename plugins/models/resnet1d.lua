local nj = require "nightjar"
local stages = require "residual.stages"
local nn = nj.nn

return nj.model {
  name = "resnet1d",
  summary = "Residual network with coefficients as channels: TC-ResNet8 (Choi et al. 2019, arXiv 1904.03814)",
  api = 1,
  options = {
    width = { default = 2.0, min = 0.1, max = 64, help = "factor of the paper's 16, 24, 32 and 48 channels" },
    blocks = { default = 1, min = 1, max = 16, help = "of each width: 1 is TC-ResNet8, 2 TC-ResNet14" },
    kernel = { default = 9, min = 1, max = 999, help = "an odd number" },
    dropout = { default = 0.1, min = 0, max = 0.9, help = "before the readout" },
  },

  build = function(options, task)
    local stem, list, widths = stages.build(options, task)
    local readout = nn.Linear(widths[3], task.classes)
    return nn.Sequential { stem, list, nn.GlobalAvgPool1d(), nn.Dropout(options.dropout), readout }
  end,
}
