-- The libraries overwritten: this affects only the script's own copies (two plugins: HostileWorldTests).
-- expect: completes
local all, assert, pairs, rawset, setmetatable, type = _G, assert, pairs, rawset, setmetatable, type
for name, library in pairs(all) do
  if type(library) == "table" and library ~= all then
    for key in pairs(library) do library[key] = error end
  end
  rawset(all, name, nil)
end
setmetatable(_ENV, { __index = function() return nil end, __newindex = function() end })
assert(("a"):upper() == "A", "methods of strings are not this script's to change")
