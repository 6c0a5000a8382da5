-- table.unpack of ranges that no stack can hold.
-- expect: completes
assert(not pcall(table.unpack, {}, 1, 1e7))
assert(not pcall(table.unpack, {}, math.mininteger, math.maxinteger))
assert(not pcall(table.unpack, {}, 1, math.maxinteger))
assert(select("#", table.unpack({}, math.maxinteger, math.mininteger)) == 0)
assert(select("#", table.unpack({}, math.maxinteger, math.maxinteger)) == 1)
