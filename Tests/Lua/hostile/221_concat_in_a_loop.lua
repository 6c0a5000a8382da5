-- Long lists joined and dropped, for ever.
-- expect: T
-- limits: time=200ms
local list = {}
for i = 1, 1e5 do list[i] = "some text" end
while true do local _ = table.concat(list, ", ") end
