-- An error object with every hostile metamethod passes through coroutines, closes and handlers.
-- expect: error
local function raise() error("inner", 0) end
local object = setmetatable({}, {
  __tostring = raise, __name = {}, __concat = raise, __eq = raise, __lt = raise, __len = raise,
  __index = raise, __call = raise, __pairs = raise, __close = raise, __mode = 7, __metatable = false,
})
xpcall(function()
  coroutine.wrap(function()
    local _ <close> = object
    error(object)
  end)()
end, function(e) assert(not pcall(tostring, e)) return e end)
error(object)
