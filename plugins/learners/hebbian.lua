local nj = require "nightjar"

return nj.learner {
  name = "hebbian",
  summary = "One neuron for each word, which learns sample by sample with Oja's rule (Oja 1982)",
  api = 1,
  options = {
    rate = { default = 1.0, min = 0, max = 1, help = "learning rate; that of a word's n-th sample is rate / n" },
  },

  start = function(self, base)
    self.weight = nj.zeros { base.model.classes, base.features:size(2) }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = support:of(class):normalize()
      local w = x[1]                           -- at first, pre- and postsynaptic activity agree
      for n = 2, #x do
        local y = (w * x[n]):sum()
        w = w + (x[n] - w * y) * y * (self.options.rate / n)
      end
      self.weight[class] = w
    end
  end,

  scores = function(self, features) return features:normalize():matmul(self.weight:t()) end,
}
