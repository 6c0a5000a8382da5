-- A table that imitates a tensor.
-- expect: completes
local nj = require "nightjar"
local forged = setmetatable({}, { __name = "tensor", __metatable = "tensor", __index = nj.ones(2) })
assert(not pcall(nj.ones(2).add, nj.ones(2), forged))
assert(not pcall(nj.stack, { forged }))
assert(not pcall(function() return nj.ones(2):matmul(forged) end))
