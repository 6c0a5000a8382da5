-- How accuracy falls with pruning: nightjar run scripts/sparsity.lua [--set models=m5,tcn]
-- The smallest weights of every layer are set to 0 (Han et al. 2015, arXiv 1506.02626), without training again.
local nj = require "nightjar"
local options = nj.run.options {
  models = { default = { "m5" } },
  recipe = { default = "cross_entropy" },
  encoder = { default = "mfcc" },
  fractions = { default = { 0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95 }, help = "of the weights that are 0" },
}
local data = nj.data.words {}

-- Sets the smallest weights of every matrix or convolution to 0.
local function prune(model, fraction)
  nj.no_grad(function()
    for _, weight in pairs(model:named_parameters()) do
      if weight:dim() > 1 and fraction > 0 then
        local sizes = weight:abs():flatten()
        local limit = sizes:sort()[math.max(1, math.floor(fraction * #sizes))]
        weight:mul_(weight:abs():gt(limit):to "float32")
      end
    end
  end)
  return model
end

-- Accuracies on the base test in percent: of the readout, and of the nearest class mean by angle.
local function accuracies(model)
  local function embedded(split)
    local e = nj.fscil.embed(model, { data = data, split = split, encoder = options.encoder })
    return e.features:normalize(), e.labels
  end
  local train, labels = embedded "train"
  local test, test_labels = embedded "test"
  local means = nj.one_hot(labels, labels:max():item()):t():matmul(train):normalize()
  local nearest = test:matmul(means:t()):argmax(2)
  local readout = nj.accuracy(model, data:batches { split = "test", encoder = options.encoder })
  return readout * 100, nearest:eq(test_labels):to "float32":mean() * 100
end

local series, rows = {}, {}
for _, name in ipairs(options.models) do
  local readout, means = {}, {}
  for i, fraction in ipairs(options.fractions) do
    local model = prune(nj.fscil.pretrain {
      data = data, model = name, recipe = options.recipe, encoder = options.encoder,
    }, fraction)
    readout[i], means[i] = accuracies(model)
    rows[#rows + 1] = { model = name, zeros = fraction, readout = readout[i], ["class means"] = means[i] }
  end
  series[#series + 1] = { name = name .. ", readout", x = options.fractions, y = readout }
  series[#series + 1] = { name = name .. ", class means", x = options.fractions, y = means }
end

nj.run.table("sparsity", rows, { "model", "zeros", "readout", "class means" })
nj.run.figure("sparsity", nj.plot.lines {
  series = series, title = "Accuracy on base words against pruning", x_label = "fraction of weights that are 0",
  y_label = "accuracy (%)", caption = data.source,
})
