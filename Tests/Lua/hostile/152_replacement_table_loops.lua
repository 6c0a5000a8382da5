-- gsub looks its replacements up in a table whose __index loops.
-- expect: T
-- limits: time=200ms
return (("a"):gsub("a", setmetatable({}, { __index = function() while true do end end })))
