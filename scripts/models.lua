-- What each model costs and achieves on the same task, all trained by the same recipe: nightjar run scripts/models.lua
-- [--set models=m5,tcn] [--set learners=ridge,fecam]. A model of your own is named like the others.
local nj = require "nightjar"
local options = nj.run.options {
  models = { default = { "m5", "resnet1d", "ds_cnn", "ssm", "tcn", "small_conv", "gru", "radlif" } },
  recipe = { default = "cross_entropy" },
  learners = { default = { "prototypical", "cosine", "ridge", "fecam" } },
  repeats = { default = 20, min = 2 },
}
local data = nj.data.words {}

-- The mean over sessions, with its 5th and 95th percentile over repeats: 86.3 [85.7–87.0].
local function band(runs)
  local means = runs:mean(2) * 100
  return ("%.1f [%.1f–%.1f]"):format(means:mean():item(), means:quantile(0.05):item(), means:quantile(0.95):item())
end

local costs, accuracies, series = {}, {}, {}
for i, learner in ipairs(options.learners) do series[i] = { name = learner, x = {}, y = {} } end
for _, name in ipairs(options.models) do
  local model = nj.fscil.pretrain { data = data, model = name, recipe = options.recipe }
  local results = nj.fscil.run { model = model, data = data, learners = options.learners, repeats = options.repeats }
  local figures = results.figures
  local operations = figures.SynapticOperations
  costs[#costs + 1] = {
    model = name, parameters = figures.ParameterCount, bytes = figures.Footprint,
    ["dense (million)"] = operations.Dense / 1e6,
    ["MACs (million)"] = operations.Effective_MACs / 1e6, ["ACs (million)"] = operations.Effective_ACs / 1e6,
    ["base (%)"] = results.base * 100,
  }
  for i, learner in ipairs(options.learners) do
    local all, new = results:all(learner), results:new(learner)
    accuracies[#accuracies + 1] = {
      model = name, learner = learner, ["all words"] = band(all), ["new words"] = band(new),
    }
    table.insert(series[i].x, (operations.Effective_MACs + operations.Effective_ACs) / 1e6)
    table.insert(series[i].y, all:mean():item() * 100)
  end
end

nj.run.table("costs", costs, {
  "model", "parameters", "bytes", "dense (million)", "MACs (million)", "ACs (million)", "base (%)",
})
nj.run.table("accuracies", accuracies, { "model", "learner", "all words", "new words" })
nj.run.figure("models", nj.plot.scatter {
  series = series, title = "Accuracy against operations: " .. table.concat(options.models, ", "),
  x_label = "effective operations a clip (million)", y_label = "accuracy (%), mean over sessions",
  caption = ("%s, %s, %d repeats"):format(data.source, options.recipe, options.repeats),
})
