-- The layers have the structure and the names of tcn_lib, so that its state files load.
local nj = require "nightjar"
local nn = nj.nn

-- Cuts off the end of the padding, after the norm, whose statistics include it.
local Chomp = nn.module {
  name = "Chomp",
  init = function(self, tail) self.tail = tail end,
  forward = function(self, x) return x:slice(2, 1, x:size(2) - self.tail) end,
}

local function layer(from, to, kernel, dilation, dropout, ...)
  local tail = (kernel - 1) * dilation
  return nn.Sequential {
    nn.Conv1d(from, to, kernel, { padding = tail, dilation = dilation, bias = false }),
    nn.BatchNorm1d(to), Chomp(tail), nn.Dropout(dropout), ...
  }
end

-- A layer's causal convolution, norm and dropout at the last `count` steps that are `stride` apart, and at no other.
-- The steps of x are as far apart as its taps; before the first one there are zeros.
local function last_steps(parts, x, count, stride)
  local weight = parts[1].weight
  local missing = (count - 1) * stride + weight:size(3) - x:size(2)
  if missing > 0 then x = x:pad(2, missing, 0) else x = x:slice(2, 1 - missing, x:size(2)) end
  return parts[4](parts[2](nj.conv1d(x, weight, { stride = stride })))
end

-- The number of steps of a sequence that are `stride` apart, the last one included.
local function steps(length, stride) return (length - 1) // stride + 1 end

-- Two dilated causal convolutions and a shortcut.
local Block = nn.module {
  name = "TemporalBlock",
  init = function(self, from, to, kernel, dilation, dropout)
    self.temp_layer1 = layer(from, to, kernel, dilation, dropout, nn.ReLU())
    self.temp_layer2 = layer(to, to, kernel, dilation, dropout)
    self.downsample = from ~= to and layer(from, to, 1, 1, dropout) or nil
    self.relu = nn.ReLU()
  end,
  forward = function(self, x)
    return self.relu(self.temp_layer2(self.temp_layer1(x)) + (self.downsample and self.downsample(x) or x))
  end,
}

-- A block's output at the last `count` steps that are `stride` apart; the steps of x are as far apart as its taps.
local function block_at(block, x, count, stride)
  local reach = (count - 1) * stride
  local inner = math.min(reach + block.temp_layer2[1].weight:size(3), x:size(2))
  local hidden = last_steps(block.temp_layer1, x, inner, 1):relu()
  local shortcut
  if block.downsample then
    shortcut = last_steps(block.downsample, x, count, stride)
  else
    shortcut = x:slice(2, x:size(2) - reach, x:size(2), stride)
  end
  return (last_steps(block.temp_layer2, hidden, count, stride) + shortcut):relu()
end

-- The last step of what the blocks make of x. Its receptive cone alone is computed: a block at the steps that the taps
-- of the next one read, which are twice as far apart from block to block.
local function last_step(blocks, kernel, x)
  local counts, strides, count, stride = {}, {}, 1, 1
  for i = #blocks, 1, -1 do
    counts[i] = math.min(count, steps(steps(x:size(2), 1 << (i - 1)), stride))
    strides[i] = stride
    count = (count - 1) * stride + 2 * kernel - 1
    stride = 2
  end
  for i, block in ipairs(blocks) do x = block_at(block, x, counts[i], strides[i]) end
  return x:select(2, -1)
end

local function embedder(blocks, kernel)
  local field = 1 + 2 * (kernel - 1) * ((1 << #blocks) - 1)
  local Embedder = nn.module {
    name = ("Embedder, receptive field %d steps"):format(field),
    init = function(self) self["0"] = nn.Sequential(blocks) end,
    forward = function(self, x)
      if self.training or self.observed then return self["0"](x):select(2, -1) end
      return last_step(blocks, kernel, x)
    end,
  }
  return Embedder()
end

return nj.model {
  name = "tcn",
  summary = "Temporal convolutional network with a readout of its last step (Bai et al. 2018, arXiv 1803.01271)",
  api = 1,
  options = {
    channels = { default = 32, min = 1, max = 4096, help = "of every block; the study's network has 256" },
    kernel = { default = 9, min = 1, max = 1000 },
    layers = { default = 4, min = 1, max = 12, help = "blocks; each has twice the dilation of the one before" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },

  build = function(options, task)
    for name, reach in pairs { kernel = options.kernel, layers = 1 << (options.layers - 1) } do
      if reach > task.input.time then
        local what = "%s: it covers %d steps, the input has %d; make it smaller"
        error(what:format(name, reach, task.input.time), 0)
      end
    end
    local c, blocks = options.channels, {}
    for i = 1, options.layers do
      blocks[i] = Block(i == 1 and task.input.channels or c, c, options.kernel, 1 << (i - 1), options.dropout)
    end
    local parts = { { "embedder", embedder(blocks, options.kernel) }, { "fc", nn.Linear(c, task.classes) } }
    return nn.Sequential(parts)
  end,
}
