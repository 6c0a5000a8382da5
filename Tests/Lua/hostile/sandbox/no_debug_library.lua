-- The debug library, through which everything could be reached.
-- expect: completes
assert(debug == nil or (debug.getregistry == nil and debug.sethook == nil and debug.getupvalue == nil))
assert(not pcall(require, "debug"))
