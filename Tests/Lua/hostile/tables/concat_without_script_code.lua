-- table.concat of empty strings that come from a string library function, so that no code of the script runs.
-- expect: time limit or error
-- limits: time=200ms
local list = setmetatable({},
  { __len = function() return 2e9 | 0 end, __index = setmetatable({}, { __index = string.lower }) })
return table.concat(list, "")
