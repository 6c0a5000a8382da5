-- Repetition whose length overflows only with its separator.
-- expect: completes
assert(not pcall(string.rep, "", 2 ^ 62, "ab") and not pcall(string.rep, "ab", 2 ^ 62))
assert(not pcall(string.rep, "x", math.maxinteger, "y")
  and not pcall(string.rep, "x", 2 ^ 40, ("y"):rep(2 ^ 20)))
assert(string.rep("x", math.mininteger) == "" and string.rep("x", -1, "y") == ""
  and string.rep("x", 1, "y") == "x")
