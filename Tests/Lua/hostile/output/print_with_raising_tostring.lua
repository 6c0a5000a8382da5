-- print of an object whose __tostring raises.
-- expect: error
-- message: no text
print(setmetatable({}, { __tostring = function() error("no text") end }))
