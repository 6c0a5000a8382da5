-- Warnings would bypass print.
-- expect: completes
assert(warn == nil)
