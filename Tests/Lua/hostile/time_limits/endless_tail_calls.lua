-- Endless tail calls: they use no stack, so no stack overflow ends them.
-- expect: time limit
-- limits: time=200ms
local function f() return f() end
f()
