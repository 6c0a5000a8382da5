-- A path of a million folders.
-- expect: completes
-- limits: time=2s
-- own process: a regression would hang or crash the process
local nj = require "nightjar"
for _, path in ipairs { ("a/"):rep(1e6), ("../"):rep(1e6), ("/"):rep(1e6), ("./"):rep(1e6),
  ("x"):rep(1e6) } do
  assert(not pcall(nj.fs.read, path) and not pcall(nj.fs.write, path, "x"))
  assert(not pcall(nj.fs.exists, nj.run.out .. "/" .. path) or true)
end
