-- What is one value for everybody, released by each way that there is.
-- expect: completes
local nj = require "nightjar"
do
  local scope <close> = nj.scope()
  scope:keep(nj.json.null)
end
do
  local _ <close> = nj.scope()
  assert(nj.json.null)
end
for _ in next, {}, nil, nj.json.null do error("never") end
pcall(function() nj.json.null:release() end)
coroutine.wrap(function()
  local _ <close> = nj.json.null
  coroutine.yield()
end)()
collectgarbage()
assert(nj.json.encode { nj.json.null } == "[null]")
