-- A function that calls itself without end.
-- expect: E
-- says: stack overflow
local function down() return 1 + down() end
down()
