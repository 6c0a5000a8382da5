-- A million names joined by an operator that binds to the right.
-- expect: fine
local chunk, problem = load("return " .. ("a.."):rep(1e6) .. "a")
assert(not chunk and #problem < 1000, problem)
