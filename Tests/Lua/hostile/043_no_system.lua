-- The system: files, processes, the way out.
-- expect: fine
for _, name in ipairs { "os", "io", "dofile", "loadfile", "package", "loadstring", "getfenv", "setfenv",
  "newproxy" } do
  assert(_G[name] == nil, name)
end
