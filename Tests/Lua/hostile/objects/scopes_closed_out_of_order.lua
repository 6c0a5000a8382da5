-- Scopes closed twice, out of order, and kept by themselves.
-- expect: completes
local nj = require "nightjar"
local outer = nj.scope()
local inner = nj.scope()
local x = inner:keep(nj.ones(2), inner, outer, nil, 7)
do local _ <close> = outer end
do local _ <close> = inner end
do local _ <close> = inner end
assert(not pcall(x.sum, x), "the outer scope should have released it")
assert(nj.ones(2):sum():item() == 2)
