-- An error in a chunk whose name is a megabyte long, not caught.
-- expect: error
load("local function f() error 'x' end f()", "@" .. ("/x"):rep(1e6))()
