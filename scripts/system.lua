-- Latency, throughput against batch size, memory and, where it can be read, energy of a trained model on this machine:
-- nightjar run scripts/system.lua [--set model=m5] [--set sizes=1,8,64]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5", help = "a model of MFCC features" },
  sizes = { default = { 1, 2, 4, 8, 16, 32, 64, 128 }, help = "batch sizes" },
  runs = { default = 50, min = 3, help = "of each measurement" },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model }
local inputs
for batch in data:batches { split = "test", size = math.max(table.unpack(options.sizes)) } do
  inputs = inputs or batch.features
end
local measured = nj.system { model = model, inputs = inputs, sizes = options.sizes, runs = options.runs }

local rows, rates = {}, {}
for i, row in ipairs(measured.throughput) do
  rows[i] = { ["batch size"] = row.batch, ["samples/s"] = row.per_second, ["ms a batch"] = row.median * 1e3 }
  rates[i] = row.per_second
end
nj.run.table("system", rows, { "batch size", "samples/s", "ms a batch" })
nj.run.figure("throughput", nj.plot.lines {
  x = options.sizes, y = rates,
  title = "Throughput of " .. options.model, x_label = "batch size", y_label = "samples a second",
  caption = data.source,
})

local latency = measured.latency
print(("one sample at a time: median %.2f ms, 95th percentile %.2f ms, 99th %.2f ms (%d runs)"):format(
  latency.median * 1e3, latency.p95 * 1e3, latency.p99 * 1e3, latency.runs))
print(("peak memory %.0f MiB; %.0f ms from the start to the script"):format(
  measured.peak_memory / 2 ^ 20, measured.start_up * 1e3))
print(measured.joules_per_sample and ("%.3g J a sample by the processor's counters"):format(measured.joules_per_sample)
  or "energy: " .. measured.energy_not_readable)
local estimate = measured.operation_energy_estimate
print(("estimate from the operations alone: %.3g J a sample (%s)"):format(estimate.joules_per_sample, estimate.source))
