-- The recursion passes through a C function: the C stack is at stake.
-- expect: error
-- message: stack overflow
local function down() return (("x"):gsub("x", down)) end
down()
