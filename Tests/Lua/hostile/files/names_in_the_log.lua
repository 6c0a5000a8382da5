-- Names, values and steps that would break a CSV file.
-- expect: completes
local nj = require "nightjar"
for _, name in ipairs { "a,b", 'a"b', "a\nb", "a\0b", "\27[31m", "", ("x"):rep(1e5), "=1+1", "\u{202E}x" } do
  pcall(nj.run.log, name, 0 / 0, math.mininteger)
  pcall(nj.run.log, name, -1 / 0, math.maxinteger)
end
assert(not pcall(nj.run.log, "x", 1) and not pcall(nj.run.log, "x", {}, 1) and not pcall(nj.run.log, 1, 1, 1))
assert(not pcall(nj.run.log, "x", nj.ones(2), 1) and not pcall(nj.run.log, "x", "1", 1)
  and not pcall(nj.run.log))
