-- The three stages of TC-ResNet (Choi et al. 2019, arXiv 1904.03814), whose channels are coefficients.
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

local stages = {}

function stages.channels(paper, width) return math.max(1, math.floor(paper * width)) end

-- The first convolution, the stages as lists of parts, and their channels. Options: width, blocks and kernel.
function stages.build(options, task)
  if options.kernel % 2 == 0 or options.kernel > task.input.time then
    local what = "kernel: %d is not odd, or longer than the input's %d steps"
    error(what:format(options.kernel, task.input.time), 0)
  end
  local from, list, widths = stages.channels(16, options.width), {}, {}
  local stem = nn.Conv1d(task.input.channels, from, 3, { padding = 1, bias = false })
  for stage, paper in ipairs { 24, 32, 48 } do
    list[stage], widths[stage] = {}, stages.channels(paper, options.width)
    for i = 1, options.blocks do
      table.insert(list[stage], { block(from, widths[stage], options.kernel, i == 1 and 2 or 1), nn.ReLU() })
      from = widths[stage]
    end
  end
  return stem, list, widths
end

return stages
