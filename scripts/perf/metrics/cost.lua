-- What all workload metrics add to inference: passes with and without them, in turns, in one run.
-- nightjar run scripts/perf/metrics/cost.lua [--set model=m5] [--set batch=64] [--set rounds=15]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" }, batch = { default = 64, min = 1 }, rounds = { default = 15, min = 3 },
  set = { default = "", help = "an option of the model, as width=1024" },
}

local plugin = nj.plugin("model", options.model)
local encoded = { m5 = { 201, 20 }, radlif = { 201, 20 } }
local time, channels = table.unpack(encoded[options.model] or { 201, 20 })
local given, name, value = {}, options.set:match "^(%w+)=(%d+)$"
if name then given[name] = tonumber(value) end
local model = plugin.build(given, { input = { time = time, channels = channels }, classes = 200 }):eval()
local x = nj.randn(options.batch, time, channels)
if options.model == "radlif" then x = x:gt(1):to "float32" end            -- spikes
local labels = nj.randint(1, 200, { options.batch })
local batches = {}
for i = 1, math.max(1, 256 // options.batch) do batches[i] = { features = x, labels = labels } end

local workload = {
  nj.metrics.ClassificationAccuracy, nj.metrics.ActivationSparsity, nj.metrics.ActivationSparsityByLayer,
  nj.metrics.SynapticOperations,
}
if options.model == "radlif" then workload[#workload + 1] = nj.metrics.MembraneUpdates end
local metered = nj.benchmark { model = model, batches = batches, workload = workload }
local bare = nj.benchmark { model = model, batches = batches, workload = { nj.metrics.ClassificationAccuracy } }

local times = { metered = {}, bare = {} }
for round = 0, options.rounds do                 -- the first is for warming up
  for _, side in ipairs(round % 2 == 0 and { "metered", "bare" } or { "bare", "metered" }) do
    local start = nj.time()
    local _ = (side == "metered" and metered or bare):run()
    if round > 0 then table.insert(times[side], nj.time() - start) end
  end
end

local function middle(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end
print(("%s, batch %d: %.1f ms bare, %.1f ms with all metrics: ratio of medians %.3f, fastest %.3f"):format(
  options.model, options.batch, middle(times.bare) * 1e3, middle(times.metered) * 1e3,
  middle(times.metered) / middle(times.bare), times.metered[1] / times.bare[1]))
