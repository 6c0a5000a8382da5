-- luacheck's settings: every Lua file runs in Nightjar's sandbox, which has Lua 5.4 without these libraries.
std = "lua54"
not_globals = { "debug", "dofile", "io", "loadfile", "os", "package", "string.dump", "warn" }
max_line_length = 120

-- The host calls a plugin's functions with self first, needed or not.
files["plugins"] = { ignore = { "212/self" } }

-- Hostile scripts look for what the sandbox must not have, and make values only to keep or to drop them (a variable
-- that is never accessed: 241; a value assigned last: 311).
files["Tests/Lua/hostile"] = {
  read_globals = { "debug", "missing", "package", "warn", string = { fields = { "dump" } } },
  ignore = { "241", "311" },
}

-- Tests of plugins run with these functions.
files["plugins/*/*_test.lua"] = { read_globals = { "after_each", "before_each", "describe", "expect", "it" } }
