-- A million minus signs before a number.
-- expect: completes
local chunk, problem = load("return " .. ("- "):rep(1e6) .. "1")
assert(not chunk and #problem < 1000, problem)
