-- Paths to read and to write that were not granted.
-- expect: completes
local nj = require "nightjar"
local out = nj.run.out
for _, path in ipairs { "/etc/passwd", "/", "/proc/self/environ", "/proc/self/mem", "/dev/zero", "/dev/stdin",
  "..", ".", "~", "~root/x", "", "a\0b", out .. "\0", out .. "/../x", out .. "/../../x", out .. "2/x", "/"
  .. out .. "/../../etc/passwd", "file:///etc/passwd", "//etc/passwd", "/proc/self/root/etc/passwd",
  "/proc/self/cwd/x", "x", "\\\\server\\x" } do
  for _, read in ipairs { nj.fs.read, nj.fs.list, nj.fs.exists, nj.load, nj.audio.read } do
    assert(not pcall(read, path), path)
  end
  assert(not pcall(nj.fs.write, path, "x") and not pcall(nj.save, path, { a = nj.ones(1) }), path)
  assert(not pcall(nj.audio.write, path, nj.ones(9), 16000), path)
  assert(not pcall(function() nj.plot.lines { y = { 1, 2 } }:save(path .. ".png") end), path)
end
