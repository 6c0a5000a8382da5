-- load with environments that are not tables, or that raise.
-- expect: completes
assert(not pcall(load("return x", "c", "t", 42)) and not pcall(load("x = 1", "c", "t", nil)))
assert(not pcall(load("return x", "c", "t", setmetatable({}, { __index = error }))))
assert(load("return x", "c", "t", "text")() == nil and load("return upper", "c", "t", "text")() == ("").upper)
assert(load("x = 1 return _ENV")() == _ENV, "by default a chunk sees this script's globals")
