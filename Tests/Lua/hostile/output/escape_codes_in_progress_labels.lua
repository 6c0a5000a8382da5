-- Labels and notes of progress lines with escape codes and megabytes.
-- expect: completes
local nj = require "nightjar"
for _, label in ipairs { "\27[2J\27]0;x\7", "a\nb\rc", ("x"):rep(1e5), "\0", "\u{202E}", "%s%n%d" } do
  local line = nj.progress(3, label)
  line:advance(1, label)
  line:advance(1 << 40, label)
  line:advance(1 << 40)
  line:finish()
  line:finish()
  line:advance(0)
end
for _, total in ipairs { -1, 0.5, math.maxinteger, 0 / 0, "x" } do assert(not pcall(nj.progress, total)) end
