-- table.concat with a separator of a megabyte.
-- expect: memory limit
-- limits: time=10s
local list = {}
for i = 1, 1000 do list[i] = "" end
return table.concat(list, ("x"):rep(1 << 20))
