-- Ten million tensors made and dropped, and large temporaries, without a collection asked for.
local nj = require "nightjar"

for _ = 1, 10000000 do local _ = nj.zeros { 2 } end
for _ = 1, 2000 do local _ = nj.full({ 4000000 }, 1) + 1 end
print(nj.memory().peak / 2 ^ 20, nj.memory().budget / 2 ^ 20)
