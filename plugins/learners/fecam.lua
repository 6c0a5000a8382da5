local nj = require "nightjar"

local function unit(x) return x / x:norm(-1, true):clamp(1e-12) end

-- Tukey's ladder: long-tailed features become more like normal ones.
local function tukey(self, x) return x:sign() * x:abs() ^ self.options.power end

local function scatter(x) return (x - x:mean(1)):transpose(1, 2):matmul(x - x:mean(1)) end

-- The inverse of a covariance, shrunk towards its mean variance and mean covariance, as a correlation.
local function precision(self, covariance)
  local eye = nj.eye(#covariance)
  local variance = (covariance * eye):sum() / #eye
  local between = (covariance * (1 - eye)):sum() / math.max(1, #eye * (#eye - 1))
  local shrunk = covariance + (eye * variance + (1 - eye) * between) * self.options.shrinkage
    + eye * (variance * 1e-4 + 1e-12)          -- also where a direction has no variance at all
  local deviation = (shrunk * eye):sum(1):sqrt()
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
    local sum, count = 0, 0
    for _, class in ipairs(base.classes) do
      local x = tukey(self, base:of(class))
      sum, count = sum + scatter(x), count + #x
    end
    self.shared = precision(self, sum / count)
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = tukey(self, support:of(class))
      self.means[class] = unit(x:mean(1))
      local own = self.options.covariance == "class" and #x > 1   -- one sample has no covariance
      self.precisions[class] = own and precision(self, scatter(x) / (#x - 1)) or self.shared
    end
  end,

  scores = function(self, features)
    local x = unit(tukey(self, features))
    if self.options.covariance == "shared" then -- −d·Λ·d without x·Λ·x
      local weight = self.shared:matmul(self.means:transpose(1, 2))
      return x:matmul(weight) * 2 - (self.means * weight:transpose(1, 2)):sum(2)
    end
    local scores = nj.zeros { #x, #self.means }
    for class, inverse in pairs(self.precisions) do
      local d = x - self.means[class]
      scores:select(2, class):copy_((d:matmul(inverse) * d):sum(2) * -1)
    end
    return scores
  end,
}
