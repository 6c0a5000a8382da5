-- A limit on time that the script tries to measure and to dodge.
-- expect: T
-- limits: time=300ms
local nj = require "nightjar"
local start = nj.time()
while nj.time() - start < 1e9 do
  pcall(function() local t = nj.time() while nj.time() - t < 0.01 do end end)
end
