-- Text in JSON with unpaired surrogates, control characters and no end.
-- expect: completes
local nj = require "nightjar"
for _, text in ipairs { [["\ud800"]], [["\udc00"]], [["\ud800\ud800"]], [["\ud800x"]], [["\u12"]],
  [["\u00zz"]], [["\u+123"]], [["\x"]], '"', '"\\', '"\\u', '"\n"', '"\0"', '"\xff"', '"\xed\xa0\x80"',
  "\xef\xbb\xbf1", "'a'", "", " ", "nul", "[1,]", "[1 2]", "]" } do
  assert(not pcall(nj.json.decode, text), text)
end
assert(nj.json.decode([["\ud83d\ude00"]]) == "\u{1F600}" and nj.json.decode([["\u0000"]]) == "\0")
