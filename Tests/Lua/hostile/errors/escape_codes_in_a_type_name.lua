-- An error object whose __name contains escape codes.
-- expect: error
error(setmetatable({}, { __name = "\27[31mred\0\r\n" }))
