-- A million nested blocks.
-- expect: completes
local chunk, problem = load(("do "):rep(1e6))
assert(not chunk and #problem < 1000, problem)
