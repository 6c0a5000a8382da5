-- A function that passes on more arguments each time.
-- expect: time limit or error or memory limit
-- limits: time=300ms
local function grow(...) return grow(1, 2, 3, ...) end
grow()
