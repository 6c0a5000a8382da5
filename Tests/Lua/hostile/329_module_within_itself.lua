-- A module that is a part of itself, directly and by a table.
-- expect: fine or E
-- limits: time=5s
local nj = require "nightjar"
local Knot = nj.nn.module {
  init = function(self)
    self.w, self.me, self.list = nj.ones(2):requires_grad_(), self, { self, { self } }
  end,
  forward = function(_, x) return x end,
}
local knot = Knot()
for _, use in ipairs { knot.parameters, knot.named_parameters, knot.children, knot.train, knot.eval,
  knot.state, knot.summary, knot.zero_grad, tostring } do
  local ok, result = pcall(use, knot)
  assert(ok or type(result) == "string")
end
assert(#knot:parameters() == 1)
