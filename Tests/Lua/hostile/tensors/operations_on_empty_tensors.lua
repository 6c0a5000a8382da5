-- Every operation on tensors without elements.
-- expect: completes
-- limits: time=5s
local nj = require "nightjar"
for _, shape in ipairs { { 0 }, { 0, 3 }, { 3, 0 }, { 0, 0 }, { 2, 0, 2 }, { 0, 2 ^ 10, 2 ^ 10 } } do
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
-- More rows without elements than a loop can visit are refused by every operation that would create them.
local none, wide = nj.zeros(0, 3), nj.zeros(1):expand(2 ^ 30)
for _, make in ipairs {
  function() return nj.zeros(0, 2 ^ 62, 2 ^ 62) end,
  function() return nj.zeros(2 ^ 39, 0) end,
  function() return none:reshape(2 ^ 39, 0) end,
  function() return wide:unsqueeze(2):narrow(2, 1, 0) end,
  function() return none:unsqueeze(1):expand(2 ^ 30, 0, 3) end,
} do
  local ok, problem = pcall(make)
  assert(not ok and problem:gsub("^.-%.lua:%d+: ", ""):find("elements"), problem)
end
