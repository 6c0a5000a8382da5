-- An analytic learner in a wide random space, where a plane can part what no plane parts among the embeddings.
local nj = require "nightjar"

-- One-hot targets, and what samples are multiplied by so that each class weighs the same, whatever its shots.
local function targets(labels, classes)
  local y = nj.eye(classes):index_select(1, labels)
  local root = (y / y:sum(1):clamp(1)):sum(2, true):sqrt()
  return y * root, root
end

-- Sums up samples, some at a time: the random features of all at once would fill the memory.
local function add(self, x, y, root)
  for first = 1, #x, 2048 do
    local _ <close> = nj.scope()
    local last = math.min(first + 2047, #x)
    local h = x:slice(1, first, last):matmul(self.projection):relu() * root:slice(1, first, last)
    self.gram:add_(h:transpose(1, 2):matmul(h))
    self.moment:add_(h:transpose(1, 2):matmul(y:slice(1, first, last)))
  end
end

-- The power of ten with which what was added so far errs least on other samples.
local function best_lambda(self, whole, x, y, root)
  local h, best, least = x:matmul(self.projection):relu() * root, 1, math.huge
  for _, lambda in ipairs { 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1 } do
    local weight = (self.gram + whole * lambda):solve(self.moment)
    local loss = (h:matmul(weight) - y):square():sum():item()
    if loss < least then best, least = lambda, loss end
  end
  return best
end

return nj.learner {
  name = "ranpac",
  summary = "Class-weighted ridge on random ReLU features, exact over sessions "
    .. "(RanPAC, McDonnell et al. 2023, arXiv 2307.02251)",
  api = 1,
  modifies_base = true,
  options = {
    width = { default = 2000, min = 1, help = "random features" },
    lambda = { default = 0.0, min = 0, help = "share of the mean square; 0: what suits a fifth of the base best" },
  },

  start = function(self, base)
    local random, width, classes = nj.random(self.seed), self.options.width, base.model.classes
    self.projection = random:randn { base.features:size(2), width }
    self.gram, self.moment = nj.zeros { width, width }, nj.zeros { width, classes }
    local y, root = targets(base.labels, classes)
    local order = random:randperm(#root)
    local function picked(first, last)
      local rows = order:slice(1, first, last)
      return base.features:index_select(1, rows), y:index_select(1, rows), root:index_select(1, rows)
    end
    local cut = #root * 4 // 5
    add(self, picked(1, cut))
    local eye, lambda = nj.eye(width), self.options.lambda
    local whole = eye * ((self.gram * eye):sum() / width + 1e-12)
    if lambda == 0 then lambda = best_lambda(self, whole, picked(cut + 1, -1)) end
    add(self, picked(cut + 1, -1))
    self.gram:add_(whole * lambda)
  end,

  learn = function(self, support)
    add(self, support.features, targets(support.labels, self.moment:size(2)))
    self.weight = nil
  end,

  scores = function(self, features)
    self.weight = self.weight or self.gram:solve(self.moment)
    return features:matmul(self.projection):relu():matmul(self.weight)
  end,
}
