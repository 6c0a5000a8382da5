-- gsub's callback collects garbage and calls gsub on the same string again.
-- expect: completes
local text = ("ab"):rep(500)
local result = text:gsub("a", function(letter)
  collectgarbage("collect")
  return (text:sub(1, 4):gsub("b", letter))
end, 50)
assert(#result == 1000 + 50 * 3 and result:sub(1, 5) == "aaaab")
