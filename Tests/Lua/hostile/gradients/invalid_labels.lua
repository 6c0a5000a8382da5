-- Labels for losses that are zero, negative, too large, too few.
-- expect: completes
local nj = require "nightjar"
local function labels(...) return nj.tensor({ ... }, { dtype = "int32" }) end
local scores = nj.zeros(2, 3)
for _, wrong in ipairs { labels(0, 1), labels(1, 4), labels(-1, 1), labels(-2147483648, 1), labels(1),
  labels(1, 1, 1), nj.ones(2), labels():reshape(0), labels(1, 1):reshape(2, 1) } do
  assert(not pcall(nj.loss.cross_entropy, scores, wrong) and not pcall(nj.loss.nll, scores, wrong))
end
assert(not pcall(nj.loss.cross_entropy, nj.zeros(2, 0), labels(1, 1))
  and not pcall(nj.loss.mse, scores, nj.zeros(3, 2)))
assert(not pcall(nj.loss.cross_entropy, scores, labels(1, 1), { label_smoothing = 2 }))
