-- An error that claims to come from another plugin's line: the traceback tells the truth.
-- expect: E
error("plugins/learners/honest.lua:1: a fault of somebody else", 0)
