-- An error that claims to come from a line of another plugin: the traceback has the true one.
-- expect: error
error("plugins/learners/honest.lua:1: a fault of somebody else", 0)
