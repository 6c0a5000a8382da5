-- An error object whose __tostring yields.
-- expect: E
error(setmetatable({}, { __tostring = function() return coroutine.yield() end }))
