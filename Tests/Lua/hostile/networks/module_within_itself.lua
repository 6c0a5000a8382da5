-- A module that is a part of itself, directly and through a table.
-- expect: completes or error
-- limits: time=5s
local nj = require "nightjar"
local Cyclic = nj.nn.module {
  init = function(self)
    self.w, self.me, self.list = nj.ones(2):requires_grad_(), self, { self, { self } }
  end,
  forward = function(_, x) return x end,
}
local module = Cyclic()
for _, use in ipairs { module.parameters, module.named_parameters, module.children, module.train, module.eval,
  module.state, module.summary, module.zero_grad, tostring } do
  local ok, result = pcall(use, module)
  assert(ok or type(result) == "string")
end
assert(#module:parameters() == 1)
