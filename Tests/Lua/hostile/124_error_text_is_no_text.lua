-- An error object whose __tostring gives a table.
-- expect: E
error(setmetatable({}, { __tostring = function() return {} end }))
