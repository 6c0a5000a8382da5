-- What the script gives its host has metamethods that raise: the host must not run them.
-- expect: fine
local raising = setmetatable({ x = 1 }, {
  __index = error, __len = error, __pairs = error, __eq = error, __tostring = error, __name = error,
})
local nj = require "nightjar"
assert(nj.json.encode(raising) == '{"x":1}')
return raising
