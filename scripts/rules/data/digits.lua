-- A small problem that is not linearly separable: digits of 3 × 5 dots, anywhere on 5 × 7, with noise.
local nj = require "nightjar"

local font = {
  ".#.##..#..#.###", "##...#.#.#..###", "##...#.#...###.", "#.##.####..#..#", "####..##...###.",
  ".###..##.#.#.#.", "###..#.#..#..#.", ".#.#.#.#.#.#.#.", ".#.#.#.##..###.", "####.##.##.####",
}

-- Every digit at every position, as rows.
local patterns = {}
for _, dots in ipairs(font) do
  for position = 0, 8 do
    local field = nj.zeros { 7, 5 }
    for i = 0, 14 do
      if dots:sub(i + 1, i + 1) == "#" then field[i // 3 + position // 3 + 1][i % 3 + position % 3 + 1] = 1 end
    end
    patterns[#patterns + 1] = field:flatten()
  end
end
patterns = nj.stack(patterns)

-- Batches of { features = (size, 35), labels = (size) }, where label 10 is 0; still: all digits stay in the middle.
return function(seed, batches, size, still)
  local random, list = nj.random(seed), {}
  for i = 1, batches do
    local labels = random:randint(1, 10, { size })
    local positions = random:randint(still and 5 or 1, still and 5 or 9, { size })
    local clean = patterns:index_select(1, (labels - 1) * 9 + positions)
    list[i] = { features = clean + random:randn(size, 35) * 0.3, labels = labels }
  end
  return list
end
