-- The recursion goes through a C function: the machine's own stack is at stake.
-- expect: E
-- says: stack overflow
local function down() return (("x"):gsub("x", down)) end
down()
