-- Tail calls need no stack, so the stack's end does not stop them.
-- expect: T
-- limits: time=200ms
local function f() return f() end
f()
