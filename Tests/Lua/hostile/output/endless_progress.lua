-- A progress line of a million million steps.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
for _ in nj.progress(1 << 40, "waiting") do end
