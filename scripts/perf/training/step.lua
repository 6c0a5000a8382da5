-- Training steps at the reference's full size; the last line is the median step in milliseconds.
--   nightjar run scripts/perf/training/step.lua --set network=m5 --set steps=10
local nj = require "nightjar"

local options = nj.run.options {
  network = { default = "m5", choices = { "m5", "radlif" } },
  steps = { default = 10, min = 1 },
  batch = { default = 128, min = 2 },
}
local widths, classes, time, warm_up = { m5 = { channels = 256 }, radlif = { width = 1024 } }, 200, 201, 2

local model = nj.plugin("model", options.network).build(
  widths[options.network], { input = { time = time, channels = 20 }, classes = classes })
local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 })
local x = nj.randn { options.batch, time, 20 }
local y = nj.randint(1, classes, { options.batch })
if options.network == "radlif" then x = x:gt(1):to "float32" - x:lt(-1):to "float32" end   -- Speech2Spikes' −1, 0, 1

local times = {}
for step = 1, warm_up + options.steps do
  local _ <close> = nj.scope()
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
