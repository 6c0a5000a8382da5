-- What an ordinary script does, with a large part of both memory budgets; run after each hostile script.
local nj = require "nightjar"
assert(7 // 2 == 3 and 2 ^ 10 == 1024 and 7 % 3 == 1)
assert(("night"):upper() .. "jar" == "NIGHTjar" and ("%05.1f"):format(2.5) == "002.5")
assert(("a b c"):gsub("%s", "_") == "a_b_c" and #("x"):rep(1 << 19) == 1 << 19)
local ok, problem = pcall(error, { code = 7 })
assert(not ok and problem.code == 7 and select("#", pcall(error)) == 2)
local words = {}
for word in ("one two three"):gmatch("%a+") do words[#words + 1] = word end
table.sort(words, function(a, b) return a > b end)
assert(table.concat(words, " ") == "two three one")
local numbers = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
assert(numbers() + numbers() + numbers() == 6)
local x = nj.ones(2, 3):requires_grad_()
local loss = (x * x):sum()
loss:backward()
assert(loss:item() == 6 and x.grad:sum():item() == 12 and nj.zeros(1 << 22):numel() == 1 << 22)
assert(nj.nn.Linear(3, 2)(x):size(2) == 2 and nj.json.encode({ a = { 1 } }) == '{"a":[1]}')
