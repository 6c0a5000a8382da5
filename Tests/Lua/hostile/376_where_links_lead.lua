-- What a link outside leads to is not for the script to know.
-- expect: fine
local nj = require "nightjar"
local _, problem = pcall(nj.fs.read, "/proc/self/exe")
assert(not problem:find("nightjar") and not problem:find("xctest") and not problem:find("swift"), problem)
local _, working = pcall(nj.fs.read, "/proc/self/cwd/x")
working = working:gsub("^.-:%d+: ", ""):gsub("/proc/self/cwd/?", "")
assert(not working:find("/"), working)
