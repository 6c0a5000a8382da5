-- Training steps of M5 at full size; the last line is the median step in milliseconds.
--   nightjar run scripts/perf/m5_training/step.lua --set steps=10
local nj = require "nightjar"
local nn = nj.nn

local options = nj.run.options { steps = { default = 10, min = 1 } }
local channels, classes, batch, warm_up = 256, 200, 128, 2

local function block(i, inputs, outputs, kernel, stride)
  return { "conv" .. i, nn.Conv1d(inputs, outputs, kernel, { stride = stride }) },
    { "bn" .. i, nn.BatchNorm1d(outputs) }, { "act" .. i, nn.ReLU() }, { "drop" .. i, nn.Dropout(0.2) },
    { "pool" .. i, nn.MaxPool1d(2) }
end

local parts = {}
local function add(...) for _, part in ipairs { ... } do parts[#parts + 1] = part end end
add(block(1, 20, channels, 4, 2))
add(block(2, channels, channels, 3, 1))
add(block(3, channels, 2 * channels, 3, 1))
add(block(4, 2 * channels, 2 * channels, 3, 1))
add({ "mean", nn.GlobalAvgPool1d() }, { "output", nn.Linear(2 * channels, classes) })

local model = nn.Sequential(parts)
local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 })
local x = nj.randn { batch, 201, 20 }
local y = nj.randint(1, classes, { batch })

local times = {}
for step = 1, warm_up + options.steps do
  local scope <close> = nj.scope()
  local start = nj.time()
  local loss = nj.loss.cross_entropy(model(x), y)
  optimizer:zero_grad()
  loss:backward()
  optimizer:step()
  loss:item()
  if step > warm_up then times[#times + 1] = (nj.time() - start) * 1e3 end
end
table.sort(times)
print(times[#times // 2 + 1])
