-- Weights and activations of a trained model, layer by layer: nightjar run scripts/histograms.lua [--set model=tcn]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" },
  clips = { default = 128, min = 1, help = "clips of the base test whose activations are drawn" },
  samples = { default = 20000, min = 100, help = "values drawn of each layer" },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model, encoder = "mfcc" }:eval()
local random = nj.random(nj.run.seed)

-- A sample of the values, without the rarest at both ends: these would leave all others in one bar.
local function sample(x)
  x = x:flatten()
  local drawn = x:index_select(1, random:randint(1, #x, { options.samples })):sort()
  return drawn:slice(1, #drawn // 500 + 1, -(#drawn // 500) - 1)
end

local batch = data:batches { split = "test", size = options.clips, shuffle = true, encoder = "mfcc" }()
local weights, outputs, rows, x = {}, {}, {}, batch.features
for _, child in ipairs(model:children()) do
  local name, part = child[1], child[2]
  x = nj.no_grad(function() return part(x) end)
  local row = { layer = name, zeros = x:eq(0):sum():item() / x:numel(), mean = x:mean(), deviation = x:std() }
  rows[#rows + 1] = row
  local weight = part:named_parameters().weight
  if weight and weight:dim() > 1 then
    row.weights, row["weight deviation"] = weight:numel(), weight:std()
    weights[#weights + 1] = nj.plot.histogram { x = sample(weight:detach()), bins = 40, title = name }
    outputs[#outputs + 1] = nj.plot.histogram { x = sample(x), bins = 40, title = name }
  end
end

nj.run.table("layers", rows, { "layer", "weights", "weight deviation", "mean", "deviation", "zeros" })
nj.run.figure("weights", nj.plot.panels {
  title = "Weights of " .. options.model, caption = data.source, table.unpack(weights),
})
nj.run.figure("activations", nj.plot.panels {
  title = "Outputs of the layers of " .. options.model,
  caption = ("%s, %d clips of the base test"):format(data.source, options.clips), table.unpack(outputs),
})
