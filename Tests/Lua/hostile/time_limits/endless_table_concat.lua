-- An endless loop that concatenates long lists and drops the result.
-- expect: time limit
-- limits: time=200ms
local list = {}
for i = 1, 1e5 do list[i] = "some text" end
while true do local _ = table.concat(list, ", ") end
