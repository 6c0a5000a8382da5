-- A progress line for every step.
-- expect: output limit
-- limits: time=20s output=64KiB
local nj = require "nightjar"
while true do nj.progress(1, "again"):finish() end
