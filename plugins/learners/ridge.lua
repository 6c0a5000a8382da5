-- Least squares that see each sample once: session after session gives what all samples at once would.
local nj = require "nightjar"

-- Samples and one-hot targets; when balanced, each class weighs the same, however many samples it has.
local function rows(self, samples, classes)
  local x, y = samples.features, nj.eye(classes):index_select(1, samples.labels)
  if not self.options.balanced then return x, y end
  local root = (y / y:sum(1):clamp(1)):sum(2, true):sqrt()
  return x * root, y * root
end

return nj.learner {
  name = "ridge",
  summary = "Ridge on the embeddings by exact recursive least squares (ACIL, Zhuang et al. 2022, arXiv 2205.14922)",
  api = 1,
  modifies_base = true,                         -- one solution for all classes: the base's part moves with it
  options = {
    lambda = { default = 0.01, min = 1e-6, help = "as a share of the base features' mean square" },
    balanced = { default = true, help = "classes weigh the same; false: samples do" },
  },

  start = function(self, base)                 -- inverse: (Σ x·xᵀ + λI)⁻¹ over all samples so far
    local x, y = rows(self, base, base.model.classes)
    local lambda = x:square():sum() / x:size(2) * self.options.lambda + 1e-12
    self.inverse = (x:transpose(1, 2):matmul(x) + nj.eye(x:size(2)) * lambda):inverse()
    self.weight = self.inverse:matmul(x:transpose(1, 2):matmul(y))
  end,

  learn = function(self, support)              -- Woodbury: a matrix of the support's size
    local x, y = rows(self, support, self.weight:size(2))
    local along = self.inverse:matmul(x:transpose(1, 2))
    local gain = along:matmul((x:matmul(along) + nj.eye(#x)):inverse())
    self.weight = self.weight + gain:matmul(y - x:matmul(self.weight))
    self.inverse = self.inverse - gain:matmul(along:transpose(1, 2))
  end,

  scores = function(self, features) return features:matmul(self.weight) end,
}
