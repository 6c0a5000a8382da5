-- A chain of a hundred thousand branches: the parser takes quadratic time.
-- expect: time limit or memory limit or completes
-- limits: time=500ms
-- own process: nothing of the script runs inside the parser
local chunk = load("if x then " .. ("elseif y then "):rep(1e5) .. "end")
if chunk then chunk() end
