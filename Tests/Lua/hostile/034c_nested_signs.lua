-- A million minus signs in front of a number.
-- expect: fine
local chunk, problem = load("return " .. ("- "):rep(1e6) .. "1")
assert(not chunk and #problem < 1000, problem)
