-- print of many objects with long texts, in one call.
-- expect: output limit or memory limit
-- limits: time=10s
local object = setmetatable({}, { __tostring = function() return ("x"):rep(1e5) end })
local many = {}
for i = 1, 200 do many[i] = object end
print(table.unpack(many))
