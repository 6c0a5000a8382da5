-- Memory runs out while the text of an error is made.
-- expect: memory limit or error
-- limits: time=10s
error(setmetatable({}, { __tostring = function() return ("x"):rep(1e9) end }))
