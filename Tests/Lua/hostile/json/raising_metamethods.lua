-- A table whose metamethods raise is given to the host, which must not call them.
-- expect: completes
local raising = setmetatable({ x = 1 }, {
  __index = error, __len = error, __pairs = error, __eq = error, __tostring = error, __name = error,
})
local nj = require "nightjar"
assert(nj.json.encode(raising) == '{"x":1}')
return raising
