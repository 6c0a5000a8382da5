-- Warnings go past print.
-- expect: fine
assert(warn == nil)
