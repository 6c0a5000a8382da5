-- Names of ten megabytes for fields of a module, which the host stores.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
nj.nn.module {
  init = function(self) for i = 1, 100 do self[("x"):rep(10000000) .. i] = nj.zeros { 1 } end end,
  forward = function(_, x) return x end,
}()
