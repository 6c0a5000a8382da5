-- Invalid values for every method of tensors.
-- expect: completes or memory limit
-- limits: time=10s
local nj = require "nightjar"
local values = { 0 / 0, -1 / 0, 1 / 0, -1, 0, 1.5, math.mininteger, "10", true, {}, print, nj, 2 ^ 31, 2 ^ 53,
  math.maxinteger }
local names = [[size at view permute transpose unsqueeze squeeze expand flatten to flip pad slice narrow
  select index_select gather scatter_add matmul solve svd sum mean var max argmin logsumexp softmax topk sort
  cumsum prod norm any chunk split masked_select nonzero unique clamp elu eq allclose add_ fill_ copy_
  backward requires_grad_ reshape]]
for _, value in ipairs(values) do
  for name in names:gmatch("%g+") do
    local x = nj.ones(2, 3)
    local method = x[name]
    for _, arguments in ipairs { { value }, { value, value }, { 1, value }, { 1, value, value }, { x, value } } do
      local ok, problem = pcall(method, x, table.unpack(arguments))
      assert(ok or type(problem) == "string", name)
    end
  end
end
