-- A chunk whose name would colour the terminal.
-- expect: E
load("error 'x'", "=\27[31mfake\27[0m")()
