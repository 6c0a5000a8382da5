local nj = require "nightjar"

return nj.metric {
  name = "dead_units",
  summary = "Of each ReLU and spiking layer, the share of units that never fire on the base test",
  api = 1,

  start = function(self) self.most = {} end,

  on_layer = function(self, layer, _, output)
    if not ("ReLU LIF RadLIF Leaky"):find(layer.type, 1, true) then return end
    local most = output:reshape(-1, output:size(-1)):max(1)
    self.most[layer.name] = self.most[layer.name] and self.most[layer.name]:maximum(most) or most
  end,

  update = function() end,

  value = function(self)
    if not next(self.most) then
      error("nothing to measure: no module of the network is a ReLU or a spiking neuron", 0)
    end
    local shares = {}
    for name, most in pairs(self.most) do shares[name] = most:le(0):to("float32"):mean():item() end
    return shares
  end,
}
