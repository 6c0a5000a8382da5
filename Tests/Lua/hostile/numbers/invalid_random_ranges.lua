-- Ranges of random numbers that are empty or overflow.
-- expect: completes
local low, high = math.mininteger, math.maxinteger
assert(math.type(math.random(low, high)) == "integer" and math.type(math.random(0)) == "integer")
assert(math.random(high, high) == high and math.random(low, low) == low)
for _, range in ipairs { { 2, 1 }, { -1 }, { 1.5 }, { "x" }, { 1, 2, 3 }, { high, low } } do
  assert(not pcall(math.random, table.unpack(range)))
end
assert(not pcall(math.randomseed), "a seed from the clock would differ from run to run")
math.randomseed(low, high)
assert(math.random() < 1)
