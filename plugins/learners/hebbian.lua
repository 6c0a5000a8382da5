local nj = require "nightjar"

local function unit(x) return x / x:norm(-1, true):clamp(1e-12) end

return nj.learner {
  name = "hebbian",
  summary = "One neuron a word that learns while its word sounds, sample by sample, by Oja's rule (Oja 1982)",
  api = 1,
  options = {
    rate = { default = 1.0, min = 0, max = 1, help = "of a word's first sample; the n-th has an n-th of it" },
  },

  start = function(self, base)
    self.weight = nj.zeros { base.model.classes, base.features:size(2) }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = unit(support:of(class))
      local w = x[1]                           -- pre- and postsynaptic activity agree at first
      for n = 2, #x do
        local y = (w * x[n]):sum()
        w = w + (x[n] - w * y) * y * (self.options.rate / n)
      end
      self.weight[class] = w
    end
  end,

  scores = function(self, features) return unit(features):matmul(self.weight:transpose(1, 2)) end,
}
