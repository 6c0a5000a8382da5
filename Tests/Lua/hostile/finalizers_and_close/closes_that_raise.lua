-- Twenty variables whose __close raises, each with another error.
-- expect: completes
local seen = {}
local function open(depth)
  local _ <close> = setmetatable({},
    { __close = function(_, e) seen[#seen + 1] = e or "none" error(depth, 0) end })
  if depth < 20 then open(depth + 1) end
end
local ok, last = pcall(open, 1)
assert(not ok and last == 1 and #seen == 20 and seen[1] == "none" and seen[2] == 20)
