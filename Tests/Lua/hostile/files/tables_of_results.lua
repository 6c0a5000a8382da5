-- Tables with control characters in titles, names and cells, and invalid rows.
-- expect: completes
local nj = require "nightjar"
local path = nj.run.table("t\27[31m\0\n../x",
  { { ["a\27[2J,\""] = "b\27[2J\r\n", c = 0 / 0, d = -1 / 0, e = nj.ones(1) } })
assert(not path:sub(#nj.run.out + 2):find("[/%c]"))
for _, rows in ipairs { {}, { {} }, { 1 }, { { 1, 2 } }, { { a = {} } }, { { a = print } },
  { { a = nj.ones(2) } }, "x" } do
  assert(not pcall(nj.run.table, "t", rows))
end
assert(not pcall(nj.run.table, "t", { { a = 1 } }, { "b" })
  and not pcall(nj.run.table, "t", { { a = 1 } }, { 1 }))
nj.run.table("wide", { { [("x"):rep(1e4)] = ("y"):rep(1e4) } })
