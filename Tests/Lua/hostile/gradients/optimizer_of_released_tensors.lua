-- An optimizer continues with parameters that the script has released.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3):requires_grad_()
local optimizer, loss = nj.optim.Adam({ x, x, x }, { lr = 0.1 }), (x * x):sum()
loss:backward()
x:release()
collectgarbage()
optimizer:step()
optimizer:zero_grad()
optimizer:step()
assert(not pcall(nj.optim.SGD, { x }) and not pcall(nj.optim.SGD, {})
  and not pcall(nj.optim.SGD, { nj.ones(1) }))
