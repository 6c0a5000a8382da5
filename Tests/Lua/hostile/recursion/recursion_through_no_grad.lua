-- Coroutines and host callbacks alternate until the stack overflows.
-- expect: error
-- message: stack overflow
local nj = require "nightjar"
local function down() return nj.no_grad(coroutine.wrap(down)) end
down()
