-- Host functions with no, too many and swapped arguments, and as methods of themselves.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
local many = {}
for i = 1, 1e4 do many[i] = 1 end
for name, f in pairs(nj) do
  if type(f) == "function" and name ~= "data" then
    pcall(f, table.unpack(many))
    pcall(f, nj)
    pcall(f, f, f, f)
    if name ~= "time" then pcall(coroutine.wrap(f)) end
  end
end
local x = nj.ones(3)
assert(not pcall(x.sum) and not pcall(x.sum, 1, x) and not pcall(x.add, 1, x) and not pcall(nj.zeros, { x }))
assert(not pcall(x.sum, x, 1, false, 4) and not pcall(x.matmul, x, x, x))
