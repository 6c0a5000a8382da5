-- table.concat of empty strings looked up in a string, so that no function of the script runs.
-- expect: T or E
-- limits: time=200ms
local liar = setmetatable({},
  { __len = function() return 2e9 | 0 end, __index = setmetatable({}, { __index = string.lower }) })
return table.concat(liar, "")
