-- The environment has no metatable that leads to the host.
-- expect: completes
assert(getmetatable(_ENV) == nil and getmetatable(_G) == nil and _G == _ENV)
assert(getmetatable(string) == nil and getmetatable(table) == nil and getmetatable(math) == nil)
