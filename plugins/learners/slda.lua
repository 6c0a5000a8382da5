local nj = require "nightjar"

return nj.learner {
  name = "slda",
  summary = "Streaming discriminant analysis: running means, one covariance (Hayes and Kanan 2020, arXiv 1909.01520)",
  api = 1,
  changes_base = true,
  options = {
    shrinkage = { default = 1e-4, min = 1e-6, max = 1, help = "share of the identity in the covariance" },
  },

  start = function(self, base)
    local width = base.features:size(2)
    self.means = nj.zeros { base.model.classes, width }
    self.scatter = nj.zeros { width, width }   -- Σ (x − μ)(x − μ)ᵀ, μ the mean of x's word
    self.counts, self.total = {}, 0
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x, known = support:of(class), self.counts[class] or 0
      local share = #x / (known + #x)
      local centred, moved = x - x:mean(1), (x:mean(1) - self.means[class]):unsqueeze(1)
      self.scatter:add_(centred:transpose(1, 2):matmul(centred))
      if known > 0 then self.scatter:add_(moved:transpose(1, 2):matmul(moved) * (known * share)) end
      self.means[class] = self.means[class] + moved[1] * share
      self.counts[class], self.total = known + #x, self.total + #x
    end
    local e = self.options.shrinkage
    local covariance = self.scatter * ((1 - e) / self.total) + nj.eye(#self.scatter) * e
    self.weight = covariance:solve(self.means:transpose(1, 2))
    self.bias = (self.means * self.weight:transpose(1, 2)):sum(2) / -2
  end,

  scores = function(self, features) return features:matmul(self.weight) + self.bias end,
}
