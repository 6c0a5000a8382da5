-- A million opening parentheses for the parser.
-- expect: completes
local chunk, problem = load("return " .. ("("):rep(1e6))
assert(not chunk and #problem < 1000, problem)
