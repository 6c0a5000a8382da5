-- Names of a hundred kilobytes for fields of a module, which the host stores.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
nj.nn.module {
  init = function(self) for i = 1, 10000 do self[("x"):rep(100000) .. i] = nj.zeros { 1 } end end,
  forward = function(_, x) return x end,
}()
