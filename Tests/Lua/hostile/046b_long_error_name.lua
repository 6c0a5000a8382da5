-- An error object with a name of a megabyte.
-- expect: E
error(setmetatable({}, { __name = ("x"):rep(1 << 20) }))
