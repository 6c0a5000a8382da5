-- Native libraries and the search path of modules.
-- expect: completes
assert(package == nil and not pcall(require, "package"))
for _, name in ipairs { "io", "os", "_G", "string", "coroutine", "socket", "ffi", "jit", "lfs" } do
  assert(not pcall(require, name), name)
end
