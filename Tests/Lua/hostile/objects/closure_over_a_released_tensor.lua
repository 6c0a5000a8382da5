-- A closure keeps a tensor that a scope releases.
-- expect: error
-- message: after release
local nj = require "nightjar"
local use
do
  local _ <close> = nj.scope()
  local x = nj.ones(3)
  use = function() return x:sum() end
end
use()
