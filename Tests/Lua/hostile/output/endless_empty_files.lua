-- An endless loop that saves empty files, each in folders of its own.
-- expect: output limit
-- limits: time=10s output=100KiB
local nj = require "nightjar"
for i = 1, math.huge do nj.run.save("a" .. i .. "/b/c/d", "") end
