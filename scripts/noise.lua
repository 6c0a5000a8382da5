-- How accuracy falls with noise: nightjar run scripts/noise.lua [--set models=m5,tcn]
-- White noise is added to the clips of the base test; the network was trained on the clips as they are.
local nj = require "nightjar"
local options = nj.run.options {
  models = { default = { "m5" } },
  recipe = { default = "cross_entropy" },
  ratios = { default = { 40, 30, 20, 15, 10, 5, 0, -5 }, help = "signal to noise, in dB over the whole clip" },
  clips = { default = 1000, min = 10 },
}
local data, encoder = nj.data.words {}, nj.plugin("encoder", "mfcc").new({}, nj.run.seed)

-- The clips with noise of a power relative to their own; no noise for nil.
local function noisy(waveforms, ratio, random)
  if not ratio then return waveforms end
  local power = waveforms:square():mean(2, true)
  return waveforms + random:randn(waveforms.shape) * (power * 10 ^ (-ratio / 10)):sqrt()
end

local function accuracy(model, ratio)
  local random, correct, count = nj.random(nj.run.seed), 0, 0
  for batch in data:batches { split = "test", size = 100, shuffle = true, encoder = "mfcc" } do
    encoder:setup(batch.waveforms:size(2))           -- a clip is one second
    local scores = nj.no_grad(function() return model(encoder:encode(noisy(batch.waveforms, ratio, random))) end)
    correct = correct + scores:argmax(2):eq(batch.labels):sum():item()
    count = count + #batch.labels
    if count >= options.clips then break end
  end
  return correct / count * 100
end

local series, rows = {}, {}
for i, name in ipairs(options.models) do
  local model, values = nj.fscil.pretrain {
    data = data, model = name, recipe = options.recipe, encoder = "mfcc",
  }:eval(), {}
  for k, ratio in ipairs(options.ratios) do
    values[k] = accuracy(model, ratio)
    rows[#rows + 1] = { model = name, ["noise (dB)"] = ratio, ["accuracy (%)"] = values[k] }
  end
  print(("%s without noise: %.1f %%"):format(name, accuracy(model)))
  series[i] = { name = name, x = options.ratios, y = values }
end

nj.run.table("noise", rows, { "model", "noise (dB)", "accuracy (%)" })
nj.run.figure("noise", nj.plot.lines {
  series = series, title = "Accuracy on base words against noise", x_label = "signal to noise (dB)",
  y_label = "accuracy (%)", caption = ("%s, %d clips"):format(data.source, options.clips),
})
