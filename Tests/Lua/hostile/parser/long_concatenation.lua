-- A million names joined by a right-associative operator.
-- expect: completes
local chunk, problem = load("return " .. ("a.."):rep(1e6) .. "a")
assert(not chunk and #problem < 1000, problem)
