-- Invalid tensors and values for every loss, optimizer and schedule.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
local weight = nj.ones(2):requires_grad_()
for _, value in ipairs { 0 / 0, 1 / 0, -1, 0, 1.5, "10", true, {}, print, nj, nj.zeros(0), nj.zeros(2, 0),
  nj.ones(2, 2), nj.tensor({ -5, 9 }, { dtype = "int32" }), math.maxinteger } do
  for _, part in ipairs { nj.loss, nj.optim } do
    for name, f in pairs(part) do
      for _, arguments in ipairs { { value }, { value, value }, { nj.ones(2, 2), value },
        { { weight }, { lr = value } }, { nj.ones(2), nj.ones(2), { beta = value } },
        { nj.optim.SGD { weight }, { steps = value, floor = value } } } do
        local ok, made = pcall(f, table.unpack(arguments))
        assert(ok or type(made) == "string", name)
        if ok then pcall(function() made:step() end) end
      end
    end
  end
end
