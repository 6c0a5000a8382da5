local nj = require "nightjar"

return nj.metric {
  name = "dead_units",
  summary = "Of each ReLU and spiking layer, the fraction of units that are never active on the base test",
  api = 1,

  start = function(self) self.highest = {} end,

  on_layer = function(self, layer, _, output)
    if not ("ReLU LIF RadLIF Leaky"):find(layer.type, 1, true) then return end
    local highest = output:reshape(-1, output:size(-1)):max(1)
    local before = self.highest[layer.name]
    self.highest[layer.name] = before and before:maximum(highest) or highest
  end,

  update = function() end,

  value = function(self)
    if not next(self.highest) then
      error("nothing to measure: no module of the network is a ReLU or a spiking neuron", 0)
    end
    local fractions = {}
    for name, highest in pairs(self.highest) do fractions[name] = highest:le(0):to("float32"):mean():item() end
    return fractions
  end,
}
