local nj = require "nightjar"

-- Centred by the mean of the base, then of length 1.
local function transformed(self, x) return (x - self.centre):normalize() end

return nj.learner {
  name = "cl2n",
  summary = "Nearest mean of centred, L2-normalised embeddings (SimpleShot, Wang et al. 2019, arXiv 1911.04623)",
  api = 1,

  start = function(self, base)
    self.centre = base.features:mean(1)
    self.means = nj.zeros { base.model.classes, base.features:size(2) }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      self.means[class] = transformed(self, support:of(class)):mean(1)
    end
  end,

  scores = function(self, features)            -- −|x − m|², without x·x
    return transformed(self, features):matmul(self.means:t()) * 2 - self.means:square():sum(2)
  end,
}
