-- pcall of pcall of pcall, thousands deep: each one is a C frame.
-- expect: completes
local function chain(depth) return pcall(pcall, depth > 0 and chain or error, depth - 1) end
local results = table.pack(chain(1e4))
assert(results.n >= 2)
