-- Chains of fifty thousand modules, each a part of the one before: no traversal may use the stack.
-- expect: completes
-- limits: time=20s
local nj = require "nightjar"
local Link = nj.nn.module { forward = function(_, x) return x end }
for _, wrapped in ipairs { false, true } do
  local top = Link()
  local last = top
  for _ = 1, 5e4 do
    local link = Link()
    last.part = wrapped and nj.nn.Residual(link) or link
    last = link
  end
  for _, walk in ipairs { top.parameters, top.state, top.train, top.eval, top.summary, top.zero_grad, tostring,
    nj.nn.Residual } do
    local ok, problem = pcall(walk, top)
    assert(not ok and problem:find("100 modules deep"), problem)
  end
  top, last = nil, nil
  collectgarbage()
  collectgarbage()
end
