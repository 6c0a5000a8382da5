-- A chain of a hundred thousand branches: the parser takes quadratic time, in which nothing of the script runs.
-- expect: T or M or fine
-- limits: time=500ms
-- alone: the parser looks at no limit
local chunk = load("if x then " .. ("elseif y then "):rep(1e5) .. "end")
if chunk then chunk() end
