-- A chunk whose name would colour the terminal.
-- expect: error
load("error 'x'", "=\27[31mfake\27[0m")()
