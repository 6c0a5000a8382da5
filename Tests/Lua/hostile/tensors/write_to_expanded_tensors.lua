-- Assignments to a tensor whose elements all share one memory location.
-- expect: completes
local nj = require "nightjar"
local wide = nj.zeros(1):expand(1e9 | 0)
assert(not pcall(wide.fill_, wide, 1) and not pcall(wide.add_, wide, 1)
  and not pcall(wide.copy_, wide, nj.ones(1)))
assert(not pcall(wide.exp_, wide))
assert(wide[5] == 0)
