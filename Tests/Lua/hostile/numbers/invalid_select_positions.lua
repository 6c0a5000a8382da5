-- select with positions that do not exist.
-- expect: completes
for _, position in ipairs { 0, -1, -2, math.mininteger, 0.5, "x" } do assert(not pcall(select, position)) end
assert(select("#") == 0 and select("#", nil, nil) == 2 and select(-1, 1, 2) == 2)
assert(select("#", select(math.maxinteger, 1)) == 0)
