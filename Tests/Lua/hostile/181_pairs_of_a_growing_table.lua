-- A loop over a table that grows under it.
-- expect: fine or E or T or M
-- limits: time=500ms
local t = { a = 1 }
for key in pairs(t) do t[key .. "x"] = 1 end
