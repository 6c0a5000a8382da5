-- When the neurons of a spiking network fire: nightjar run scripts/raster.lua [--set clip=3] [--set model.width=256]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "radlif", help = "a model whose parts in snn are spiking layers" },
  encoder = { default = "s2s" },
  clip = { default = 1, min = 1, help = "which clip of the base test" },
  neurons = { default = 60, min = 1, help = "of each layer" },
}
local data, encoder = nj.data.words {}, nj.plugin("encoder", options.encoder)
local model = nj.fscil.pretrain { data = data, model = options.model, encoder = encoder }:eval()

local panels, rows, x, word = {}, {}, nil, nil
for batch in data:batches { split = "test", size = 100, encoder = encoder } do
  if options.clip <= #batch.labels then
    x, word = batch.features, batch.words[options.clip]
    break
  end
  options.clip = options.clip - #batch.labels
end

-- One panel a layer: a dot for each spike.
local function raster(spikes, title)
  local times, neurons = {}, {}
  local one = spikes[options.clip]
  for neuron = 1, math.min(options.neurons, one:size(2)) do
    for time, value in ipairs(one:select(2, neuron):totable()) do
      if value ~= 0 then
        times[#times + 1], neurons[#neurons + 1] = time, neuron
      end
    end
  end
  rows[#rows + 1] = {
    layer = title, rate = spikes:abs():mean(), silent = spikes:abs():sum({ 1, 2 }):eq(0):sum():item(),
  }
  return nj.plot.scatter { x = times, y = neurons, title = title, x_label = "time step", y_label = "neuron" }
end

panels[1] = raster(x, "What comes in")
for i, child in ipairs(model.snn:children()) do
  if i == #model.snn:children() then break end
  x = nj.no_grad(function() return child[2](x) end)
  panels[#panels + 1] = raster(x, "Layer " .. i)
end

nj.run.table("rates", rows, { "layer", "rate", "silent" })
nj.run.figure("raster", nj.plot.panels {
  title = ("Spikes of %s hearing “%s”"):format(options.model, word), caption = data.source, table.unpack(panels),
})
