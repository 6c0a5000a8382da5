-- Numbers in JSON that are too long, too large, or invalid.
-- expect: completes
-- limits: time=5s
local nj = require "nightjar"
local nines = ("9"):rep(1e6)
for _, text in ipairs { nines, "-" .. nines, "1e" .. nines, "1e400", "-", "+1", ".5", "1.", "01", "1e",
  "0x10", "NaN", "Infinity", "1e+-1", "--1", "1 2", "9" .. ("."):rep(1e5) } do
  assert(not pcall(nj.json.decode, text), text:sub(1, 9))
end
assert(nj.json.decode("9223372036854775807") == math.maxinteger and nj.json.decode("1e-" .. nines:sub(1, 9000)) == 0)
assert(not pcall(nj.json.decode, "1e-" .. nines))
assert(math.type(nj.json.decode("9223372036854775808")) == "float" and 1 / nj.json.decode("-0.0") == -1 / 0)
