-- A function that calls itself without end.
-- expect: error
-- message: stack overflow
-- limits: time=10s lua-memory=256MiB
local function down() return 1 + down() end
down()
