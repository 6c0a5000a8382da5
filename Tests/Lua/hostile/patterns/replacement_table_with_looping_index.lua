-- gsub looks up its replacements in a table whose __index loops.
-- expect: time limit
-- limits: time=200ms
return (("a"):gsub("a", setmetatable({}, { __index = function() while true do end end })))
