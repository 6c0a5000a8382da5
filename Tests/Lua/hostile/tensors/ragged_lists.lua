-- Nested lists that are not rectangular, have holes, contain text, or contain themselves.
-- expect: completes
local nj = require "nightjar"
local cyclic, deep = {}, 1
cyclic[1] = cyclic
for _ = 1, 40 do deep = { deep } end
for _, list in ipairs { { { 1 }, { 1, 2 } }, { 1, { 2 } }, { { 1 }, 2 }, { 1, nil, 3 }, { "1" }, { a = 1 },
  { 1, a = 2 }, cyclic, deep, { print }, { nj.ones(1), 1 }, { {}, { 1 } }, "1" } do
  local ok, made = pcall(nj.tensor, list)
  assert(not ok or made:numel() <= 3, "a hole may end the list")
end
assert(nj.tensor({}):numel() == 0 and nj.tensor({ {}, {} }):size(2) == 0 and nj.tensor(5):dim() == 0)
