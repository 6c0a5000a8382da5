-- An error object whose __tostring yields.
-- expect: error
error(setmetatable({}, { __tostring = function() return coroutine.yield() end }))
