-- Matrices that cannot be inverted, with NaN and infinities.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
for _, m in ipairs { nj.zeros(3, 3), nj.ones(3, 3), nj.full({ 3, 3 }, 0 / 0), nj.full({ 3, 3 }, 1 / 0),
  nj.full({ 3, 3 }, 1e38), nj.eye(3) * -1, nj.zeros(2, 3), nj.zeros(3), nj.zeros(2, 3, 3), nj.eye(3) * 1e-45,
  nj.rand(64, 64) } do
  for _, name in ipairs { "inverse", "svd", "eigh", "cholesky" } do
    local ok, made = pcall(m[name], m)
    assert(ok or type(made) == "string")
  end
  pcall(m.solve, m, nj.ones(3))
  pcall(m.solve, m, nj.full({ 3, 2 }, 0 / 0))
end
