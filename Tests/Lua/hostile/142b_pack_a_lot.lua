-- string.pack of a field larger than the memory.
-- expect: M
return string.pack("c99999999999", "a")
