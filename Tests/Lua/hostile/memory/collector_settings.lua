-- The collector cannot be stopped or tuned.
-- expect: completes
for _, option in ipairs { "stop", "restart", "step", "incremental", "generational", "setpause", "isrunning",
  "" } do
  assert(not pcall(collectgarbage, option), option)
end
assert(collectgarbage("count") > 0 and collectgarbage() == 0 and collectgarbage("collect") == 0)
