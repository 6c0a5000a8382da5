-- When the neurons of a spiking network fire: nightjar run scripts/raster.lua [--set clip=3]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "radlif", help = "a model whose field snn has spiking layers and a readout" },
  encoder = { default = "s2s" },
  clip = { default = 1, min = 1, help = "which clip of the base test" },
  neurons = { default = 60, min = 1, help = "of each layer" },
}

local data = nj.data.words {}
local encoder = nj.plugin("encoder", options.encoder)
local model = nj.fscil.pretrain { data = data, model = options.model, encoder = encoder }:eval()

-- The batch that has a clip, and the clip's position in it.
local function batch_of(clip)
  for batch in data:batches { split = "test", size = 100, encoder = encoder } do
    if clip <= #batch.labels then return batch, clip end
    clip = clip - #batch.labels
  end
  error(("clip: the base test has %d clips"):format(data:count "test"), 0)
end

local batch, position = batch_of(options.clip)
local panels, rows = {}, {}

-- Adds a panel with a dot for each spike of the clip, and a row with the rates of all clips of the batch.
local function add(name, spikes)                   -- (batch, time, neuron)
  local clip = spikes[position]
  local dots = clip:slice(2, 1, math.min(options.neurons, clip:size(2))):nonzero()
  table.insert(panels, nj.plot.scatter {
    x = dots:select(2, 1), y = dots:select(2, 2), title = name, x_label = "time step", y_label = "neuron",
  })
  local silent = spikes:abs():sum({ 1, 2 }):eq(0):sum():item()
  table.insert(rows, { layer = name, rate = spikes:abs():mean(), silent = silent })
end

local layers, spikes = model.snn:children(), batch.features
add("Input", spikes)
for i = 1, #layers - 1 do                          -- the last one is the readout, which does not spike
  local layer = layers[i][2]
  spikes = nj.no_grad(function() return layer(spikes) end)
  add("Layer " .. i, spikes)
end
panels.title = ("Spikes of %s for “%s”"):format(options.model, batch.words[position])
panels.caption = data.source

nj.run.table("rates", rows, { "layer", "rate", "silent" })
nj.run.figure("raster", nj.plot.panels(panels))
