local nj = require "nightjar"

local function unit(x) return x / x:norm(-1, true):clamp(1e-12) end

return nj.learner {
  name = "cosine",
  summary = "Nearest class mean by angle (as in Gidaris and Komodakis 2018, arXiv 1804.09458)",
  api = 1,

  start = function(self, base)
    self.means = nj.zeros { base.model.classes, base.features:size(2) }
    self:learn(base)
  end,
  learn = function(self, support)
    for _, class in ipairs(support.classes) do self.means[class] = unit(unit(support:of(class)):mean(1)) end
  end,
  scores = function(self, features) return unit(features):matmul(self.means:transpose(1, 2)) end,
}
