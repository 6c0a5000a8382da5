-- Compiled code, which the virtual machine would trust.
-- expect: completes
assert(not load("\27Lua\x54\0\x19\x93\r\n\x1a\n"))
assert(not load("\27Lua", "x", "bt"))
assert(not load("\27Lua", "x", "b"))
local pieces = { "\27L", "ua" }
assert(not load(function() return table.remove(pieces, 1) end))
