-- Functions cannot be turned into compiled code.
-- expect: fine
assert(string.dump == nil and ("").dump == nil)
