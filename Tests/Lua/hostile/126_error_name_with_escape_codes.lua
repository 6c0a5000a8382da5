-- An error object with escape codes for a name.
-- expect: E
error(setmetatable({}, { __name = "\27[31mred\0\r\n" }))
