-- Recursive least squares: session after session it has the solution for all samples so far, without keeping any.
local nj = require "nightjar"
local balance = require "statistics.balance"

-- Samples and their targets.
local function rows(self, samples, classes)
  if not self.options.balanced then return samples.features, nj.one_hot(samples.labels, classes) end
  local targets, factors = balance(samples.labels, classes)
  return samples.features * factors, targets
end

return nj.learner {
  name = "ridge",
  summary = "Ridge on the embeddings by exact recursive least squares (ACIL, Zhuang et al. 2022, arXiv 2205.14922)",
  api = 1,
  modifies_base = true,                        -- one solution for all classes: those of the base move with it
  options = {
    lambda = { default = 0.01, min = 1e-6, help = "relative to the mean square of the base features" },
    balanced = { default = true, help = "whether classes count the same; else samples do" },
  },

  start = function(self, base)                 -- inverse: (Σ x·xᵀ + λI)⁻¹ over all samples so far
    local x, y = rows(self, base, base.model.classes)
    local lambda = x:square():sum() / x:size(2) * self.options.lambda + 1e-12
    self.inverse = (x:t():matmul(x) + nj.eye(x:size(2)) * lambda):inverse()
    self.weight = self.inverse:matmul(x:t():matmul(y))
  end,

  learn = function(self, support)              -- Woodbury's identity: the matrix to invert is of the support's size
    local x, y = rows(self, support, self.weight:size(2))
    local projected = self.inverse:matmul(x:t())
    local gain = projected:matmul((x:matmul(projected) + nj.eye(#x)):inverse())
    self.weight = self.weight + gain:matmul(y - x:matmul(self.weight))
    self.inverse = self.inverse - gain:matmul(projected:t())
  end,

  scores = function(self, features) return features:matmul(self.weight) end,
}
