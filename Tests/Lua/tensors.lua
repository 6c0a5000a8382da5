-- Tensors: arrays of numbers. Indices and dimensions count from 1, and ranges include their last element.
local nj = require "nightjar"

-- Creation.
local x = nj.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
assert(x.dtype == "float32" and #x == 2 and x:size(2) == 3 and x:numel() == 6)
assert(nj.zeros(2, 3):sum():item() == 0 and nj.ones { 2, 3 }:sum():item() == 6)
assert(nj.arange(1, 5):allclose(nj.tensor { 1, 2, 3, 4, 5 }))
assert(nj.full({ 2 }, 7, { dtype = "int32" })[1] == 7)

-- Indexing: views share the elements of the tensor that they come from.
assert(x[1][3] == 3 and x[-1][-1] == 6 and x:at(2, 1) == 4)
local column = x:select(2, 1)
column:mul_(10)
assert(x[2][1] == 40)
x[2] = nj.tensor { 4, 5, 6 }
x:select(2, 1)[1] = 1
assert(x:slice(2, 2, 3):allclose(nj.tensor { { 2, 3 }, { 5, 6 } }))

-- Arithmetic broadcasts; integers stay integers.
local centred = x - x:mean(1, true)
assert(centred:sum(1):abs():max():item() < 1e-6)
local labels = nj.tensor({ 1, 2, 2 }, { dtype = "int32" })
assert((labels + 1).dtype == "int32" and labels:eq(2):sum():item() == 2)

-- Reductions along a dimension return indices from 1.
local best, where = x:max(2)
assert(best:allclose(nj.tensor { 3, 6 }) and where[1] == 3)
assert(x:argmax(2):eq(where):all():item())
local probabilities = x:softmax(2)
assert(probabilities:sum(2):allclose(nj.ones(2)))

-- Rows of length 1, labels as rows, and the covariance of columns.
local labels_as_rows = nj.one_hot(labels, 2)
assert(labels_as_rows:allclose(nj.tensor { { 1, 0 }, { 0, 1 }, { 0, 1 } }))
assert(x:normalize(2):norm(2):allclose(nj.ones(2)))
assert(x:cov():allclose(nj.full({ 3, 3 }, 4.5)))

-- Linear algebra.
local a = nj.randn(4, 4)
local spd = a:matmul(a:t()) + nj.eye(4)
local b = nj.randn(4, 2)
assert(spd:matmul(spd:solve(b)):allclose(b, { atol = 1e-4 }))
local l = spd:cholesky()
assert(l:matmul(l:t()):allclose(spd, { atol = 1e-4 }))

-- Gradients.
local w = nj.tensor { 1, 2 }:requires_grad_()
local loss = (w * w):sum()
loss:backward()
assert(w.grad:allclose(nj.tensor { 2, 4 }))
nj.no_grad(function() w:sub_(w.grad * 0.1) end)
assert(w:detach():allclose(nj.tensor { 0.8, 1.6 }))

-- A function with its own gradient: a step function forward, a rectangle backward.
local spike = nj.func {
  forward = function(ctx, u)
    ctx:save(u)
    return u:gt(0):to "float32"
  end,
  backward = function(ctx, upstream)
    local u = ctx:saved()
    return upstream * u:abs():le(0.5):to "float32"
  end,
}
local u = nj.tensor { -1, 0.2 }:requires_grad_()
spike(u):sum():backward()
assert(u.grad:allclose(nj.tensor { 0, 1 }))

-- A scope releases what its block made.
local total
do
  local scope <close> = nj.scope()
  local big = nj.zeros(1000, 1000)
  total = scope:keep(big:sum())
end
assert(total:item() == 0)

-- An error names its line and the shapes.
local ok, message = pcall(function() return nj.zeros(2, 3) + nj.zeros(2, 4) end)
assert(not ok and message:find("tensors.lua:", 1, true) and message:find("[2, 4]", 1, true))
