-- string.pack of a field larger than the memory.
-- expect: memory limit
return string.pack("c99999999999", "a")
