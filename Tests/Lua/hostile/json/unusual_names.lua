-- Duplicate names, names of metamethods, names with zero bytes.
-- expect: completes
local nj = require "nightjar"
assert(nj.json.decode('{"a":1,"a":2}').a == 2)
local t = nj.json.decode('{"__index":1,"__gc":2,"__metatable":3,"":4,"a\\u0000b":5,"1":6}')
assert(getmetatable(t) == nil and t.__gc == 2 and t[""] == 4 and t["a\0b"] == 5 and t["1"] == 6
  and t[1] == nil)
assert(not pcall(nj.json.decode, "{1:2}") and not pcall(nj.json.decode, '{"a"}')
  and not pcall(nj.json.decode, '{"a":}'))
