-- Every global replaced by a function that raises.
-- expect: completes
local all, error = _G, error
for name in pairs(all) do all[name] = function() error("replaced") end end
_G, _ENV = nil, nil
