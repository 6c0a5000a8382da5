-- Invalid equations, and valid ones whose product overflows.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(2, 2)
for _, equation in ipairs { "", "->", ",", "ij->", "ij,jk", "ii", "ij->k", "i j - > k", "ij->ijij",
  "...,...->", "....", "ij->ji->ij", "äj", "ij\0", ("i"):rep(1e5), ("ij,"):rep(1e4), "1j", "ij->"
  .. ("..."):rep(3), "ij,kl->\27[31m" } do
  local ok, made = pcall(nj.einsum, equation, x, x)
  assert(ok or #made < 10000, equation:sub(1, 20))
  pcall(nj.einsum, equation, x)
end
assert(not pcall(function() return nj.einsum("ij,jk->ik", nj.zeros(2 ^ 39, 0), nj.zeros(0, 2)) end))
assert(not pcall(nj.einsum, "a,b,c,d->abcd", nj.ones(1e5), nj.ones(1e5), nj.ones(1e5), nj.ones(1e5)))
