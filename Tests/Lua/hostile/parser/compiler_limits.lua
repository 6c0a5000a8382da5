-- More locals, upvalues, registers, arguments and levels than the compiler supports.
-- expect: completes
-- limits: time=5s
local function refused(...)
  local text = table.concat({ ... })
  assert(not load(text), text:sub(1, 40))
end
local names = {}
for i = 1, 300 do names[i] = "v" .. i end
local some, more = table.concat(names, ",", 1, 150), table.concat(names, ",", 151)
refused("local ", some, ",", more)
refused("local ", some, " local function g() local ", more)
refused("local ", some, " function g() local ", more, " function h() return ", table.concat(names, "+"),
  " end end")
refused("return ", ("f("):rep(300), (")"):rep(300))
refused("return f(", ("1,"):rep(300), "1)")
for _, nested in ipairs { "function() return ", "{ ", "#", "not ", "~", "2 ^ ", "a(", "a[", "a{" } do
  refused("return ", nested:rep(1e4))
end
for _, block in ipairs { "if x then ", "while x do ", "repeat ", "for i = 1, 2 do ", "function f() ",
  "x(function() " } do
  refused(block:rep(1e4))
end
