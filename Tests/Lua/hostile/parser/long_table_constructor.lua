-- Source text with a list of five hundred thousand numbers.
-- expect: completes or memory limit
-- limits: time=5s
local list = load("return {" .. ("1,"):rep(5e5) .. "}")()
assert(#list == 5e5)
