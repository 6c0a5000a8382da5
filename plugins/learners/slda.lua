local nj = require "nightjar"
local covariance = require "statistics.covariance"

return nj.learner {
  name = "slda",
  summary = "Streaming discriminant analysis: running means, one covariance (Hayes and Kanan 2020, arXiv 1909.01520)",
  api = 1,
  modifies_base = true,
  options = {
    shrinkage = { default = 0.01, min = 1e-6, max = 1, help = "weight of the mean variance in the covariance" },
  },

  start = function(self, base)
    local width = base.features:size(2)
    self.means = nj.zeros { base.model.classes, width }
    self.scatter = nj.zeros { width, width }   -- Σ (x − μ)(x − μ)ᵀ, where μ is the mean of x's word
    self.counts, self.total = {}, 0
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = support:of(class)
      local before = self.counts[class] or 0
      local shift = (x:mean(1) - self.means[class]):unsqueeze(1)
      self.counts[class] = before + #x
      self.total = self.total + #x
      self.scatter:add_(covariance.scatter(x))
      if before > 0 then self.scatter:add_(shift:t():matmul(shift) * (before * (#x / self.counts[class]))) end
      self.means[class] = self.means[class] + shift[1] * (#x / self.counts[class])
    end
    self.weight = covariance.shrunk(self.scatter / self.total, self.options.shrinkage):solve(self.means:t())
    self.bias = (self.means * self.weight:t()):sum(2) / -2
  end,

  scores = function(self, features) return features:matmul(self.weight) + self.bias end,
}
