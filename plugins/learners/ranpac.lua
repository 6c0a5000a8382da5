-- Ridge regression on random features, in which more classes are linearly separable than in the embeddings.
local nj = require "nightjar"
local balance = require "statistics.balance"
local ridge = require "statistics.ridge"

local lambdas = { 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1 }

return nj.learner {
  name = "ranpac",
  summary = "Class-weighted ridge on random ReLU features, exact over sessions "
    .. "(RanPAC, McDonnell et al. 2023, arXiv 2307.02251)",
  api = 1,
  modifies_base = true,
  options = {
    width = { default = 2000, min = 1, help = "number of random features" },
    lambda = {
      type = "number", min = 1e-9,
      help = "relative to the features' mean square; by default the best on a fifth of the base",
    },
  },

  start = function(self, base)
    local random, width, classes = nj.random(self.seed), self.options.width, base.model.classes
    local projection = random:randn { base.features:size(2), width }
    self.sums = ridge.new(function(x) return x:matmul(projection):relu() end, width, classes)
    local targets, factors = balance(base.labels, classes)
    local order = random:randperm(#targets)
    local function part(first, last)
      local rows = order:slice(1, first, last)
      return base.features[rows], targets[rows], factors[rows]
    end
    local cut = #targets * 4 // 5
    ridge.add(self.sums, part(1, cut))
    local penalty = nj.eye(width) * (self.sums.gram:diagonal():sum() / width + 1e-12)
    local lambda = self.options.lambda or ridge.best(self.sums, penalty, lambdas, part(cut + 1, -1))
    ridge.add(self.sums, part(cut + 1, -1))
    ridge.penalize(self.sums, penalty * lambda)
  end,

  learn = function(self, support)
    ridge.add(self.sums, support.features, balance(support.labels, self.sums.moment:size(2)))
    self.weight = nil
  end,

  scores = function(self, features)
    self.weight = self.weight or ridge.solution(self.sums)
    return self.sums.features(features):matmul(self.weight)
  end,
}
