-- print of an object whose text cannot be made.
-- expect: E
-- says: no text
print(setmetatable({}, { __tostring = function() error("no text") end }))
