-- One iterator of gmatch, shared by coroutines and called after its end.
-- expect: completes
local next_word = ("one two three"):gmatch("%a+")
local words = {}
for i = 1, 3 do words[i] = coroutine.wrap(next_word)() end
collectgarbage()
assert(table.concat(words, " ") == "one two three" and next_word() == nil and next_word() == nil)
