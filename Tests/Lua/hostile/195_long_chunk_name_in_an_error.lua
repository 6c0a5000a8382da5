-- An error in a chunk with a name of a megabyte, not caught.
-- expect: E
load("local function f() error 'x' end f()", "@" .. ("/x"):rep(1e6))()
