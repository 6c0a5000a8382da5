-- Functions cannot be turned into compiled code.
-- expect: completes
assert(string.dump == nil and ("").dump == nil)
