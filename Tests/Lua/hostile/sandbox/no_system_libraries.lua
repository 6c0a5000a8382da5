-- The system: files, processes, exit.
-- expect: completes
for _, name in ipairs { "os", "io", "dofile", "loadfile", "package", "loadstring", "getfenv", "setfenv",
  "newproxy" } do
  assert(_G[name] == nil, name)
end
