-- Every operation on tensors without elements.
-- expect: fine
-- limits: time=5s
local nj = require "nightjar"
for _, shape in ipairs { { 0 }, { 0, 3 }, { 3, 0 }, { 0, 0 }, { 2, 0, 2 }, { 0, 2 ^ 62, 2 ^ 62 } } do
  local x = nj.zeros(shape)
  for _, name in ipairs { "sum", "mean", "var", "max", "argmax", "prod", "any", "sort", "topk", "unique",
    "nonzero", "norm", "cumsum", "softmax", "logsumexp", "inverse", "svd", "eigh", "cholesky", "flatten",
    "squeeze", "totable", "item" } do
    pcall(x[name], x)
    pcall(x[name], x, 1)
    pcall(x[name], x, -1)
  end
  assert(#tostring(x) > 0 and #tostring(nj.cat { x, x }) > 0)
  pcall(x.matmul, x, x:transpose(1, -1))
end
