-- An error object whose __name is a megabyte long.
-- expect: error
error(setmetatable({}, { __name = ("x"):rep(1 << 20) }))
