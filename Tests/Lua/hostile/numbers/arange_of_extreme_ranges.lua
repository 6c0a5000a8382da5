-- nj.arange with counts that overflow or are negative.
-- expect: completes
local nj = require "nightjar"
for _, range in ipairs { { 0, -1e300 }, { 1e300, -1e300, 1e-300 }, { 0, 1, -1e-300 }, { -1e308, 1e308 },
  { 0, 1e9, 1 }, { 0, 0 / 0 }, { 0, 1, 0 }, { 0, 1, 0 / 0 }, { 0, 1 / 0 }, { 0, 1, 1 / 0 } } do
  local ok, numbers = pcall(nj.arange, table.unpack(range))
  assert(not ok or numbers:numel() <= 1, "an empty range, or one number")
end
