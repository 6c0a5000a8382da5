-- A loop over a table that grows inside the loop.
-- expect: completes or error or time limit or memory limit
-- limits: time=500ms
local t = { a = 1 }
for key in pairs(t) do t[key .. "x"] = 1 end
