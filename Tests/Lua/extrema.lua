-- The place of the largest and of the smallest element: the first of equal ones, and a NaN before all numbers. Rows of
-- every length around the number of elements that is compared at once.
local nj = require "nightjar"

local function place(row, precedes)
  local best = 1
  for i = 2, #row do
    local value, first = row[i], row[best]
    if precedes(value, first) or (value ~= value and first == first) then best = i end
  end
  return best
end
local function larger(a, b) return a > b end
local function smaller(a, b) return a < b end
math.randomseed(1)
local odd = { 0 / 0, math.huge, -math.huge, -0.0, 0.0 }
for length = 1, 70 do
  local rows = {}
  for i = 1, 12 do
    rows[i] = {}
    -- Few different numbers, so that many are equal; in some rows only what is no ordinary number.
    for j = 1, length do
      local isOdd = i % 3 == 0 and math.random(i) == 1
      rows[i][j] = isOdd and odd[math.random(i % 2 == 0 and 1 or 2, #odd)] or math.random(-4, 4)
    end
    if i == 12 then
      for j = 1, length do rows[i][j] = -math.huge end
    end
  end
  local largest, smallest = nj.tensor(rows):argmax(2), nj.tensor(rows):argmin(2)
  for i, row in ipairs(rows) do
    assert(largest:at(i) == place(row, larger), length)
    assert(smallest:at(i) == place(row, smaller), length)
  end
end
