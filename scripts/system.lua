-- What a trained model takes on this machine: latency, throughput against batch size, memory, and energy where it can
-- be read.
-- nightjar run scripts/system.lua [--set model=m5] [--set sizes=1,8,64]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5", help = "one that hears MFCCs" },
  sizes = { default = { 1, 2, 4, 8, 16, 32, 64, 128 }, help = "batch sizes" },
  runs = { default = 50, min = 3, help = "of each measurement" },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model }
local inputs
for batch in data:batches { split = "test", size = math.max(table.unpack(options.sizes)) } do
  inputs = inputs or batch.features
end
local found = nj.system { model = model, inputs = inputs, sizes = options.sizes, runs = options.runs }

local rows, rates = {}, {}
for i, row in ipairs(found.throughput) do
  rows[i] = { ["batch size"] = row.batch, ["samples/s"] = row.per_second, ["ms a batch"] = row.median * 1e3 }
  rates[i] = row.per_second
end
nj.run.table("system", rows, { "batch size", "samples/s", "ms a batch" })
nj.run.figure("throughput", nj.plot.lines {
  x = options.sizes, y = rates,
  title = "Throughput of " .. options.model, x_label = "batch size", y_label = "samples a second",
  caption = data.source,
})

local latency = found.latency
print(("one sample at a time: median %.2f ms, 95th percentile %.2f ms, 99th %.2f ms (%d runs)"):format(
  latency.median * 1e3, latency.p95 * 1e3, latency.p99 * 1e3, latency.runs))
print(("peak memory %.0f MiB; %.0f ms from the start to the script"):format(
  found.peak_memory / 2 ^ 20, found.start_up * 1e3))
print(found.joules_per_sample and ("%.3g J a sample by the processor's counters"):format(found.joules_per_sample)
  or "energy: " .. found.energy_not_readable)
local estimate = found.operation_energy_estimate
print(("estimate from the operations alone: %.3g J a sample (%s)"):format(estimate.joules_per_sample, estimate.source))
