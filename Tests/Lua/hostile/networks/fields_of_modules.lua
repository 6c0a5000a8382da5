-- Fields of a module that would hide its methods, or have unusual names and values.
-- expect: completes
local nj = require "nightjar"
local m = nj.nn.module { forward = function(_, x) return x end }()
assert(not pcall(function() m.forward = print end) and not pcall(function() m.parameters = nil end))
for _, key in ipairs { 1, 0.5, true, {}, print } do assert(not pcall(function() m[key] = 1 end)) end
m[""], m["a\0b"], m[("x"):rep(1e5)], m["\27[31m"] = 1, 2, { m }, nj.ones(1)
assert(m[""] == 1 and m["a\0b"] == 2 and not pcall(function() m.x = m end) and #m:parameters() == 0)
assert(not pcall(function() nj.nn.ReLU().x = 1 end))
