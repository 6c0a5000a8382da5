-- Chunk names of a megabyte, with control characters, and with paths of other files.
-- expect: completes
for _, name in ipairs { "=" .. ("x"):rep(1e6), "@" .. ("/x"):rep(1e6), ("x\n"):rep(1e5), "@\27[31m", "=\0\0",
  "", "@", "=" } do
  local ok, problem = pcall(load("error 'x'", name))
  assert(not ok and #problem < 1000 and problem:find("x$"))
  assert(not load("x = = 1", name))
end
