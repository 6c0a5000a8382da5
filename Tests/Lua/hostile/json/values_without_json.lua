-- Values that JSON cannot represent.
-- expect: completes
local nj = require "nightjar"
local cyclic = {}
cyclic[1] = cyclic
for _, value in ipairs { 0 / 0, 1 / 0, print, nj.ones(1), cyclic, { 1, a = 2 }, { [3] = 1 }, { [1.5] = 1 },
  { [true] = 1 }, coroutine.create(print), { nj.json.null, print } } do
  assert(not pcall(nj.json.encode, value))
end
assert(nj.json.encode { a = "\0\31\127\u{2028}" } == '{"a":"\\u0000\\u001f\\u007f\u{2028}"}')
assert(nj.json.encode() == "null" and nj.json.encode { nj.json.null } == "[null]")
assert(not pcall(nj.json.encode, "\xff") and not pcall(nj.json.encode, { ["\xff"] = 1 }))
