-- A zero byte ends what C reads of a format, but not what Lua reads.
-- expect: completes
assert(not pcall(string.format, "\0%p", {}), "%p shows an address")
assert(not ("\0%s"):format({}):find("0x"), "%s shows an address")
assert(not ("%s\0%s"):format(1, print):find("0x"))
assert(not ("%%\0%5s"):format(print):find("0x"))
