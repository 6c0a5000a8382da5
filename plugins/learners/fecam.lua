local nj = require "nightjar"
local covariance = require "statistics.covariance"
local tukey = require "statistics.tukey"

return nj.learner {
  name = "fecam",
  summary = "Mahalanobis distance by a shrunk, correlation-normalised covariance "
    .. "(FeCAM, Goswami et al. 2023, arXiv 2309.14062)",
  api = 1,
  options = {
    power = { default = 0.5, min = 0.01, max = 1, help = "of Tukey's transformation" },
    shrinkage = { default = 1.0, min = 0.01, help = "the paper's gamma 1 and 2" },
    covariance = { default = "shared", choices = { "shared", "class" }, help = "class: each word's own, but slow" },
  },

  start = function(self, base)
    self.means, self.precisions = nj.zeros { base.model.classes, base.features:size(2) }, {}
    local within = covariance.within(base:map(tukey, self.options.power))
    self.shared = covariance.precision(within, self.options.shrinkage)
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = tukey(support:of(class), self.options.power)
      local is_own = self.options.covariance == "class" and #x > 1   -- one sample has no covariance
      self.means[class] = x:mean(1):normalize()
      self.precisions[class] = is_own and covariance.precision(x:cov(), self.options.shrinkage) or self.shared
    end
  end,

  scores = function(self, features)
    local x = tukey(features, self.options.power):normalize()
    if self.options.covariance == "shared" then -- −d·Λ·d without x·Λ·x
      local weight = self.shared:matmul(self.means:t())
      return x:matmul(weight) * 2 - (self.means * weight:t()):sum(2)
    end
    local scores = nj.zeros { #x, #self.means }
    for class, inverse in pairs(self.precisions) do
      local d = x - self.means[class]
      scores:select(2, class):copy_((d:matmul(inverse) * d):sum(2) * -1)
    end
    return scores
  end,
}
