-- Texts of two megabytes as names, labels, equations and numbers.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
local text = ("long "):rep(4e5)
for _, f in ipairs { nj.env, nj.fs.read, nj.load, nj.einsum, nj.json.decode, require, nj.fs.list } do
  local ok, problem = pcall(f, text, nj.ones(1))
  assert(not ok and #problem < 10000)
end
assert(not pcall(nj.plot.lines, { y = { 1, 2 }, title = text }))
local long = text:sub(1, 1e5)
local figure = nj.plot.lines { y = { 1, 2 }, title = long, x_label = long, caption = text:sub(1, 1000) }
assert(#figure:text() < 100000)
