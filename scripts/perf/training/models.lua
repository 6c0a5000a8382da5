-- What each shipped model costs: operations per clip, and the time of a training epoch on the quick data (79 batches of
-- 128), measured by steps of the models in turn, so that other load on the machine slows all of them alike.
-- nightjar run scripts/perf/training/models.lua [--set models=m5,tcn] [--set rounds=5]
local nj = require "nightjar"
local options = nj.run.options {
  models = { default = { "m5", "resnet1d", "ds_cnn", "ssm", "tcn", "small_conv", "gru", "radlif" } },
  rounds = { default = 5, min = 2 },
}
local size, steps = 128, 79

local data = nj.data.words {}
local trained = {}
for i, name in ipairs(options.models) do
  local encoder = name == "radlif" and "s2s" or "mfcc"
  local model = nj.plugin("model", name).build({}, data:task(encoder))
  local batch
  for found in data:batches { split = "train", size = size, encoder = encoder } do batch = batch or found end
  trained[i] = {
    name = name, model = model, batch = batch, times = {},
    optimizer = nj.optim.Adam(model:parameters(), { lr = 0.001 }),
  }
end

for round = 0, options.rounds do                 -- the first is for warming up
  for _, one in ipairs(trained) do
    local start = nj.time()
    nj.train { model = one.model, batches = { one.batch }, optimizer = one.optimizer }
    if round > 0 then table.insert(one.times, nj.time() - start) end
  end
end

local rows = {}
for i, one in ipairs(trained) do
  table.sort(one.times)
  local counted = nj.metrics.SynapticOperations(one.model:eval(), one.batch.features)
  rows[i] = {
    model = one.name, parameters = nj.metrics.ParameterCount(one.model), bytes = nj.metrics.Footprint(one.model),
    ["dense (million)"] = counted.Dense / 1e6, ["s an epoch"] = one.times[(#one.times + 1) // 2] * steps,
  }
end
nj.run.table("models", rows, { "model", "parameters", "bytes", "dense (million)", "s an epoch" })
