-- Native libraries and the search path of modules.
-- expect: completes
assert(package == nil and not pcall(require, "package"))
for _, name in ipairs { "io", "os", "debug", "socket", "ffi", "jit", "lfs" } do
  assert(not pcall(require, name), name)
end
-- The libraries that are here are the script's own.
for _, name in ipairs { "_G", "string", "coroutine" } do assert(require(name) == _G[name], name) end
