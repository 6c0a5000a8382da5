-- A __tostring collects garbage and creates strings while string.format reads its own.
-- expect: completes
local object = setmetatable({}, { __tostring = function()
  collectgarbage()
  return ("x"):rep(1000)
end })
local text = (("%s"):rep(3) .. tostring(math.random())):format(object, object, object)
assert(text:find("^x+0") and #text > 3000)
