local nj = require "nightjar"

-- Tukey's ladder: makes long-tailed features more like normal ones.
local function tukey(self, x) return x:sign() * x:abs() ^ self.options.power end

local function scatter(x)
  local centred = x - x:mean(1)
  return centred:t():matmul(centred)
end

-- The inverse of the correlation matrix of a covariance that is shrunk towards its mean variance and covariance.
local function precision(self, covariance)
  local eye, n = nj.eye(#covariance), #covariance
  local variance = covariance:diagonal():mean()
  local between = (covariance * (1 - eye)):sum() / math.max(1, n * (n - 1))
  local shrunk = covariance + (eye * variance + (1 - eye) * between) * self.options.shrinkage
    + eye * (variance * 1e-4 + 1e-12)          -- also where a feature has no variance at all
  local deviation = shrunk:diagonal():sqrt()
  return (shrunk / deviation / deviation:unsqueeze(2)):inverse()
end

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
    local sum = 0
    for _, class in ipairs(base.classes) do sum = sum + scatter(tukey(self, base:of(class))) end
    self.shared = precision(self, sum / #base.features)
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = tukey(self, support:of(class))
      local is_own = self.options.covariance == "class" and #x > 1   -- one sample has no covariance
      self.means[class] = x:mean(1):normalize()
      self.precisions[class] = is_own and precision(self, x:cov()) or self.shared
    end
  end,

  scores = function(self, features)
    local x = tukey(self, features):normalize()
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
