-- A million blocks inside each other.
-- expect: fine
local chunk, problem = load(("do "):rep(1e6))
assert(not chunk and #problem < 1000, problem)
