-- A script that measures the time to avoid its time limit.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local start = nj.time()
while nj.time() - start < 1e9 do
  pcall(function() local t = nj.time() while nj.time() - t < 0.01 do end end)
end
